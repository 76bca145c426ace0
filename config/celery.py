"""The Celery application: the settings that begin with CELERY_, and a worker's own patience with the broker."""

import os
from typing import Any

from celery import Celery
from celery.signals import celeryd_init

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
