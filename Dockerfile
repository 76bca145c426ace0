# One image for web, worker, beat and commands; compose.yaml says which. Built for glibc: Alpine is not supported.
FROM python:3.11-slim-bookworm

# pg_dump and pg_restore for backups, of the server's own major version (compose.yaml).
RUN apt-get update && apt-get install --yes --no-install-recommends postgresql-client-15 && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --home-dir /app --shell /usr/sbin/nologin vigil \
    && install -d -o vigil -m 0700 /keep

WORKDIR /app
ENV PYTHONUNBUFFERED=1 PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1 VIGIL_DATA_DIR=/app/var VIGIL_HOST=0.0.0.0 VIGIL_PORT=8000
COPY requirements.txt constraints.txt ./
RUN pip install --requirement requirements.txt --constraint constraints.txt
COPY . .
# Static files belong to the code: each image brings its own, and two versions may run side by side during an upgrade.
RUN VIGIL_MODE=demonstration python manage.py collectstatic --no-input --verbosity 0 && python -m compileall -q . && chmod -R a+rX /app

USER vigil
CMD ["python", "-m", "scripts.launcher.serve", "web"]
