"""The commands of web, worker and beat: the same for the launcher, the tests and a service manager."""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent


def web(host: str, port: int, *, workers: int = 2, threads: int = 2) -> list[str]:
    return [
        sys.executable, "-m", "gunicorn", "config.wsgi:application", "--config", "python:config.gunicorn",
        "--bind", f"{host}:{port}", "--workers", str(workers), "--threads", str(threads),
    ]  # fmt: skip


def worker(*, concurrency: int = 2) -> list[str]:
    return [
        sys.executable, "-m", "celery", "--app", "config", "--skip-checks", "--quiet", "worker", "--loglevel", "INFO",
        "--concurrency", str(concurrency), "--without-gossip", "--without-mingle", "--without-heartbeat",
    ]  # fmt: skip


def beat() -> list[str]:
    return [sys.executable, "-m", "celery", "--app", "config", "--skip-checks", "--quiet", "beat", "--loglevel", "INFO", "--pidfile", ""]
