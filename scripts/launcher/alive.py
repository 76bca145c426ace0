"""Whether this machine's web answers: ends with 0 or 1. A container's health check, without curl."""

import http.client
import os
import sys
from urllib.parse import urlsplit


def is_alive(path: str = "/healthz") -> bool:
    """Asked under the public name: the web answers no other."""
    host = urlsplit(os.environ.get("VIGIL_ORIGIN", "")).netloc or "127.0.0.1"
    connection = http.client.HTTPConnection("127.0.0.1", int(os.environ.get("VIGIL_PORT", "8000")), timeout=3)
    try:
        connection.request("GET", path, headers={"Host": host})
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


if __name__ == "__main__":
    sys.exit(0 if is_alive() else 1)
