"""`make chaos`: messages go out while everything dies at random; on PostgreSQL with 10,000, on SQLite with a tenth."""

import json
import os
import subprocess
import sys

from scripts.launcher.services import ROOT
from tests.support.postgres import postgres_server

TEST = ["-m", "pytest", "tests/long/chaos.py", "-s", "-q", "-p", "no:cacheprovider"]


def main() -> int:
    count = int(os.environ.get("MESSAGES", "10000"))
    with postgres_server(is_durable=True) as server:
        first = run(count, DATABASE_URL=server.url, VIGIL_RESTART_POSTGRES=json.dumps(server.restart))
    second = run(max(count // 10, 30))
    return first or second


def run(count: int, **environment: str) -> int:
    return subprocess.run([sys.executable, *TEST], cwd=ROOT, env={**os.environ, "MESSAGES": str(count), **environment}).returncode


if __name__ == "__main__":
    sys.exit(main())
