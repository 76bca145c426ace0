"""`make attack`: a crawler of our own, break-ins by hand, sqlmap and wapiti against the demonstration on loopback; on PostgreSQL, or SQLite with ENGINE=sqlite."""

import os
import shutil
import subprocess
import sys
from contextlib import nullcontext

from scripts.launcher.services import ROOT
from scripts.testing import system
from tests.support.postgres import running_postgres

PARTS = ("crawler", "intruders", "thieves", "wire", "scanners")
# Where one can't be installed, its tests fail: an attack that nobody made is no attack that held.
SCANNERS = tuple(system.Part(name, (name,), lambda name=name: bool(shutil.which(name))) for name in ("sqlmap", "wapiti"))


def main(chosen: list[str]) -> int:
    """`python -m scripts.attack crawler wire`: these parts alone."""
    system.ensure((*(SCANNERS if "scanners" in (chosen or PARTS) else ()), *(() if os.environ.get("ENGINE") == "sqlite" else (system.POSTGRES,))))
    files = [f"tests/long/{part}.py" for part in chosen or PARTS]
    with nullcontext("") if os.environ.get("ENGINE") == "sqlite" else running_postgres() as url:
        environment = {**os.environ, "VIGIL_PACES": "no", **({"DATABASE_URL": url} if url else {})}
        return subprocess.run([sys.executable, "-m", "pytest", *files, "-s", "-q", "-p", "no:cacheprovider"], cwd=ROOT, env=environment).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
