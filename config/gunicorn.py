"""How gunicorn serves: threads, shared counts, an access log without query strings and without the tokens in patients' links."""

import json
import os
import shutil
import tempfile
from typing import Any

from gunicorn.glogging import Logger
from prometheus_client.multiprocess import mark_process_dead

from config.logs import without_token

# The workers of one gunicorn add up their counts by files here; the master makes the folder before the first of them imports the counters.
SHARED = "PROMETHEUS_MULTIPROC_DIR"
IS_OURS = SHARED not in os.environ
if IS_OURS:
    os.environ[SHARED] = tempfile.mkdtemp(prefix="vigil-metrics-")
AS_JSON = os.environ.get("VIGIL_LOG_FORMAT", "").strip() == "json"


class AccessLogger(Logger):
    """Gunicorn's logger, whose lines name no secret."""

    def atoms(self, resp: Any, req: Any, environ: Any, request_time: Any) -> dict[str, Any]:
        atoms = dict(super().atoms(resp, req, environ, request_time))
        atoms["U"] = without_token(str(atoms["U"]))
        return atoms

    def access(self, resp: Any, req: Any, environ: Any, request_time: Any) -> None:
        if not AS_JSON:
            super().access(resp, req, environ, request_time)
            return
        atoms = self.atoms(resp, req, environ, request_time)
        told = {"method": atoms["m"], "path": atoms["U"], "status": int(atoms["s"]), "bytes": atoms["B"], "ms": int(atoms["M"])}
        self.access_log.info(json.dumps({"logger": "access", "request_id": atoms.get("{x-request-id}o", "-"), **told}))


def child_exit(server: Any, worker: Any) -> None:
    """What a dead worker has counted stays counted."""
    mark_process_dead(worker.pid)


def on_exit(server: Any) -> None:
    if IS_OURS:
        shutil.rmtree(os.environ[SHARED], ignore_errors=True)


worker_class = "gthread"
logger_class = AccessLogger
accesslog = "-"
access_log_format = "%(m)s %(U)s %(s)s %(B)s bytes %(M)s ms [%({x-request-id}o)s]"
loglevel = "warning"
timeout = 60
graceful_timeout = 10
keepalive = 5
control_socket_disable = True
# Whose X-Forwarded-Proto is believed stands in one place: VIGIL_PROXY_NETWORKS (config.operating.peers).
forwarded_allow_ips = ""
