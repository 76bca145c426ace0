"""What a web process counts about its requests. Several processes of one gunicorn add up by files that they share."""

import os

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.multiprocess import MultiProcessCollector

from config.operating.house import HouseCollector

CONTENT_TYPE = CONTENT_TYPE_LATEST
SHARED = "PROMETHEUS_MULTIPROC_DIR"  # config/gunicorn.py sets it before a worker imports this
BUCKETS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10)

own = CollectorRegistry()
REQUESTS = Counter("vigil_requests", "Answered requests, by the url's name", ["view", "method", "status"], registry=own)
SECONDS = Histogram("vigil_request_seconds", "Seconds until the answer was made", ["view"], buckets=BUCKETS, registry=own)
METHODS = ("GET", "POST", "HEAD", "OPTIONS")


def count(view: str, method: str, status: int, seconds: float) -> None:
    """Labels come from our own tables alone: what a stranger sends (a path, a method) makes no new line."""
    REQUESTS.labels(view, method if method in METHODS else "other", str(status)).inc()
    SECONDS.labels(view).observe(seconds)


def page() -> bytes:
    """All processes' counts of this web, then the house's numbers, read once from the database."""
    registry = CollectorRegistry()
    if os.environ.get(SHARED):
        MultiProcessCollector(registry)
        counts = generate_latest(registry)
    else:
        counts = generate_latest(own)
    numbers = CollectorRegistry()
    numbers.register(HouseCollector())
    return counts + generate_latest(numbers)
