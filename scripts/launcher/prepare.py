"""Migrations, static files and demonstration data, in one process with one start of Django. Run as a program."""

import hashlib
import os
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

LOGINS = ("desk", "support", "nurse", "prescriber", "admin", "auditor")


def main() -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django
    from django.core.exceptions import ImproperlyConfigured

    try:
        django.setup()
        prepare()
    except ImproperlyConfigured as error:
        print(f"Vigil can't start. {error}", flush=True)
        return 2
    return 0


def prepare() -> None:
    from django.conf import settings
    from django.core.management import call_command, get_commands

    with ThreadPoolExecutor(1) as pool:
        # Compressing leaves the interpreter's lock: both together take as long as the longer one.
        static = pool.submit(collect_static, settings)
        print("database up to date?", flush=True)
        call_command("migrate", interactive=False, verbosity=0)
        static.result()
    if settings.VIGIL_DEMONSTRATION and "seed_demo" in get_commands():
        print("demonstration clinic", flush=True)
        call_command("seed_demo")
        write_logins(settings)


def write_logins(settings: object) -> None:
    """For the launcher, which tells them once everything is up."""
    names = ", ".join(f"{name}@demo.example" for name in LOGINS)
    told = f"Sign in as {names}\nPassword of each: {settings.VIGIL_DEMONSTRATION_PASSWORD}\n"  # type: ignore[attr-defined]
    (settings.VIGIL_DATA_DIR / "logins.txt").write_text(told)  # type: ignore[attr-defined]


def collect_static(settings: object) -> None:
    """Compressing takes seconds: only when a file has changed."""
    from django.core.management import call_command

    root = Path(settings.STATIC_ROOT)  # type: ignore[attr-defined]
    stamp = root.parent / "static.stamp"
    state = fingerprint(Path(settings.BASE_DIR))  # type: ignore[attr-defined]
    if stamp.exists() and stamp.read_text() == state and (root / "staticfiles.json").exists():
        return
    print("static files", flush=True)
    stamp.unlink(missing_ok=True)
    call_command("collectstatic", interactive=False, clear=True, verbosity=0)
    stamp.write_text(state)


def fingerprint(base: Path) -> str:
    digest = hashlib.sha256((base / "constraints.txt").read_bytes())
    for path in sorted((base / "static").rglob("*")):
        if path.is_file():
            found = path.stat()
            digest.update(f"{path.relative_to(base)} {found.st_size} {found.st_mtime_ns}\n".encode())
    return digest.hexdigest()


if __name__ == "__main__":
    sys.exit(main())
