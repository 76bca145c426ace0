"""The Celery application: the settings that begin with CELERY_, a worker's own patience with the broker, its tasks' ends counted."""

import os
from typing import Any

from celery import Celery
from celery.signals import celeryd_init, task_failure, task_prerun, task_success

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("vigil")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@celeryd_init.connect
def wait_for_the_broker(conf: Any = None, **_: object) -> None:
    """The web gives up after half a second; a worker has nothing better to do than to wait for Redis."""
    options = {**conf.broker_transport_options, "socket_connect_timeout": 5, "socket_timeout": 30}
    options.pop("max_retries", None)
    conf.broker_transport_options = options
    conf.broker_connection_timeout = 5
    conf.broker_connection_max_retries = None


@task_prerun.connect
def name_the_task(task_id: str = "", **_: object) -> None:
    """Lines of the log name the task as they name a request."""
    from config.logs import current

    current.set(task_id)


@task_success.connect
def count_success(sender: Any = None, **_: object) -> None:
    count(sender, "done")


@task_failure.connect
def count_failure(sender: Any = None, **_: object) -> None:
    count(sender, "failed")


def count(sender: Any, outcome: str) -> None:
    from clinic import clock
    from clinic.models import TaskTally
    from config.operating.tallying import count_task

    count_task(getattr(sender, "name", "unknown"), TaskTally.Outcome(outcome), now=clock.now())
