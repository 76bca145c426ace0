"""How gunicorn serves: threads, and an access log without query strings and without the tokens in patients' links."""

from typing import Any

from gunicorn.glogging import Logger

from config.logs import without_token


class AccessLogger(Logger):
    """Gunicorn's logger, whose lines name no secret."""

    def atoms(self, resp: Any, req: Any, environ: Any, request_time: Any) -> dict[str, Any]:
        atoms = dict(super().atoms(resp, req, environ, request_time))
        atoms["U"] = without_token(str(atoms["U"]))
        return atoms


worker_class = "gthread"
logger_class = AccessLogger
accesslog = "-"
access_log_format = "%(m)s %(U)s %(s)s %(B)s bytes %(M)s ms"
loglevel = "warning"
timeout = 60
graceful_timeout = 10
keepalive = 5
control_socket_disable = True
