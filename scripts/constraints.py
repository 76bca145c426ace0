"""`make constraints`: writes the whole resolved tree to constraints.txt, from what is installed."""

import subprocess
import sys

from scripts.launcher.services import ROOT

HEAD = "# The whole tree, as resolved together (`make constraints` writes it anew).\n"
TOOLS = ("pip", "setuptools", "wheel", "uv")


def main() -> int:
    frozen = subprocess.run([sys.executable, "-m", "pip", "freeze"], check=True, capture_output=True, text=True, cwd=ROOT).stdout
    pins = sorted(line.lower() for line in frozen.splitlines() if "==" in line and line.split("==")[0].lower() not in TOOLS)
    (ROOT / "constraints.txt").write_text(HEAD + "\n".join(pins) + "\n")
    print(f"{len(pins)} pins")
    return 0


if __name__ == "__main__":
    sys.exit(main())
