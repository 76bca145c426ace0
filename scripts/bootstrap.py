"""Makes .venv with every pinned package; standard library only, instant when nothing changed.

`python3 scripts/bootstrap.py` makes it with the tools of development, `--runtime` without them.
"""

from __future__ import annotations

import hashlib
import os
import platform
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMP = VENV / ".installed"
OLDEST = (3, 11)


def main(arguments: list[str]) -> int:
    refuse_unsupported_machines()
    wanted = "requirements.txt" if "--runtime" in arguments else "requirements-dev.txt"
    digest = fingerprint()
    if is_ready(digest, wanted):
        return 0
    make_environment()
    install(wanted)
    STAMP.write_text(f"{digest} {wanted}\n")
    say("environment ready")
    return 0


def refuse_unsupported_machines() -> None:
    if sys.version_info < OLDEST:
        stop(f"Vigil needs Python {OLDEST[0]}.{OLDEST[1]} or newer; this is {platform.python_version()}.")
    if sys.platform == "win32":
        stop("Windows is not supported. Use Linux (Debian, Ubuntu, Fedora …), a virtual machine or WSL.")
    if sys.platform == "linux" and platform.libc_ver()[0] != "glibc":
        stop("This system's C library is not glibc (Alpine and other musl systems are not supported).")
    try:
        import ensurepip  # noqa: F401
    except ImportError:
        stop(f"Python's venv module is incomplete. On Debian or Ubuntu: {apt_hint('python3-venv')}")


def fingerprint() -> str:
    """What the environment was made from; moving the folder or changing Python makes it anew."""
    digest = hashlib.sha256(f"{sys.version_info[:2]} {VENV}".encode())
    for name in ("requirements.txt", "requirements-dev.txt", "constraints.txt"):
        digest.update((ROOT / name).read_bytes())
    return digest.hexdigest()


def is_ready(digest: str, wanted: str) -> bool:
    if not (STAMP.exists() and PYTHON.exists()):
        return False
    known, _, installed = STAMP.read_text().strip().partition(" ")
    return known == digest and installed in (wanted, "requirements-dev.txt")


def make_environment() -> None:
    STAMP.unlink(missing_ok=True)
    if environment_works():
        return
    say("making the environment (.venv)")
    shutil.rmtree(VENV, ignore_errors=True)
    if subprocess.run([sys.executable, "-m", "venv", str(VENV)], stdin=subprocess.DEVNULL).returncode:
        shutil.rmtree(VENV, ignore_errors=True)
        stop(f"`{sys.executable} -m venv` failed. On Debian or Ubuntu: {apt_hint('python3-venv')}")


def environment_works() -> bool:
    if not PYTHON.exists():
        return False
    probe = [str(PYTHON), "-c", "import pip, sys; print(sys.version_info[:2], sys.prefix)"]
    answer = subprocess.run(probe, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    return answer.returncode == 0 and answer.stdout.strip() == f"{sys.version_info[:2]} {VENV}"


def install(wanted: str) -> None:
    say(f"installing {wanted}")
    requirements = ["-r", str(ROOT / wanted), "-c", str(ROOT / "constraints.txt")]
    if run_pip("install", "--quiet", "uv") == 0:
        answer = run([str(PYTHON), "-m", "uv", "pip", "install", "--quiet", "--python", str(PYTHON), *requirements], uv_environment())
        if answer == 0:
            return
        say("uv could not install; trying pip")
    if run_pip("install", "--quiet", *requirements):
        stop("The packages could not be installed. Is the package index reachable? The lines above say more.")


def uv_environment() -> dict[str, str]:
    """Uv doesn't read pip's settings: hand it the index that pip uses here, and the machine's certificates."""
    chosen = os.environ.get("PIP_INDEX_URL") or pip_setting("global.index-url")
    environment = {"UV_SYSTEM_CERTS": "true", "UV_NATIVE_TLS": "true", "UV_LINK_MODE": "copy", **os.environ}
    if chosen:
        environment.setdefault("UV_DEFAULT_INDEX", chosen)
    return environment


def pip_setting(name: str) -> str:
    answer = subprocess.run([str(PYTHON), "-m", "pip", "config", "get", name], capture_output=True, text=True, stdin=subprocess.DEVNULL)
    return answer.stdout.strip() if answer.returncode == 0 else ""


def run_pip(*arguments: str) -> int:
    return run([str(PYTHON), "-m", "pip", *arguments, "--disable-pip-version-check"], {**os.environ, "PIP_ROOT_USER_ACTION": "ignore"})


def run(command: list[str], environment: dict[str, str]) -> int:
    return subprocess.run(command, env=environment, stdin=subprocess.DEVNULL, cwd=ROOT).returncode


def apt_hint(package: str) -> str:
    return f"apt-get install {package}" if os.geteuid() == 0 else f"sudo apt-get install {package}"


def say(text: str) -> None:
    print(f"[env] {text}", flush=True)


def stop(text: str) -> None:
    sys.exit(f"[env] {text}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
