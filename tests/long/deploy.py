"""The units and the proxy's file, read by the tools that will read them: systemd and Caddy must be here. `pytest tests/long/deploy.py`"""

import os
import re
import subprocess
import sys
from pathlib import Path

from tests.test_deploy import DEPLOY, UNITS


def test_systemd_can_read_the_units(tmp_path: Path) -> None:
    """With this Python in the place of the installed one, which systemd looks for."""
    for unit in [*UNITS, DEPLOY / "systemd" / "vigil.target"]:
        (tmp_path / unit.name).write_text(re.sub(r"/opt/vigil/(current|%i)/\.venv/bin/python", sys.executable, unit.read_text()))
    names = [str(tmp_path / unit.name.replace("@.", "@1.")) for unit in UNITS]
    for unit in UNITS:
        if "@." in unit.name:
            (tmp_path / unit.name.replace("@.", "@1.")).symlink_to(unit.name)
    done = subprocess.run(["systemd-analyze", "verify", "--man=no", *names], capture_output=True, text=True, timeout=60)
    ours = [line for line in done.stderr.splitlines() if ("vigil" in line and "Failed to" in line) or "Unknown" in line or "not executable" in line]
    assert ours == []


def test_caddy_can_read_its_file() -> None:
    command = ["caddy", "validate", "--config", str(DEPLOY / "Caddyfile"), "--adapter", "caddyfile"]
    done = subprocess.run(command, env={**os.environ, "VIGIL_DOMAIN": "vigil.example"}, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
