# Everything a person types. The work is done by scripts/ and manage.py.
.PHONY: help env run test quick check format migrations constraints bench soak mutations chaos pictures attack
.DEFAULT_GOAL := help
# Every command is several processes: without compiled files each would spend its first seconds compiling.
unexport PYTHONDONTWRITEBYTECODE
PYTHON ?= python3
PY = .venv/bin/python

help:
	@echo "make run     set up everything and serve the demonstration clinic"
	@echo "make test    set up everything and run the whole suite"
	@echo "make quick   the suite on SQLite without browser, whole pages and doors"
	@echo "make check   format, lint, import contracts, types, migrations, supply chain"
	@echo "make bench | soak | mutations | chaos | attack | migrations | pictures | format | env"

env:
	@$(PYTHON) scripts/bootstrap.py

run:
	@$(PYTHON) scripts/bootstrap.py --runtime
	@exec $(PY) -m scripts.launcher

test: env
	@exec $(PY) -m scripts.testing

quick: env
	@exec $(PY) -m scripts.testing --quick

check: env
	@exec $(PY) -m scripts.checking

format: env
	@$(PY) -m ruff format .
	@$(PY) -m ruff check --fix .

migrations: env
	@VIGIL_MODE=test $(PY) manage.py makemigrations clinic patients treatment_sessions reminders reports

constraints: env
	@$(PY) -m scripts.constraints

bench: env
	@exec $(PY) -m scripts.bench

soak: env
	@exec $(PY) -m pytest tests/long/soak.py tests/long/proof.py tests/long/truth.py tests/long/tampering.py -s

mutations: env
	@exec $(PY) -m pytest tests/long/mutations.py -q

chaos: env
	@exec $(PY) -m scripts.chaos

attack: env
	@exec $(PY) -m scripts.attack

pictures: env
	@exec $(PY) -m scripts.pictures
