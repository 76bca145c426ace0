"""What sealing by field costs: list, search and chart of a site with many patients, in clear and sealed. `python -m scripts.sealing [PATIENTS]`

On a database of its own (SQLite in a temporary folder, or an empty one that DATABASE_URL names), filled by the demonstration."""

import base64
import itertools
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from typing import Any

from scripts.launcher.services import ROOT

ROUNDS = 25
RINGS = {"in clear": "", "sealed": f"a:{base64.b64encode(os.urandom(32)).decode()}"}


def main(arguments: list[str]) -> int:
    count = arguments[0] if arguments else "5000"
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "VIGIL_MODE": "demonstration", "VIGIL_DATA_DIR": folder, "VIGIL_PACES": "no", "VIGIL_LOG_LEVEL": "ERROR"}
        environment |= {"DJANGO_SETTINGS_MODULE": "config.settings", "VIGIL_ROW_SECURITY": environment.get("VIGIL_ROW_SECURITY", "no")}
        for command in (["migrate"], ["collectstatic", "--noinput"], ["seed_demo"]):
            subprocess.run(
                [sys.executable, "manage.py", *command, "--verbosity", "0"], cwd=ROOT, env=environment, check=True, stdout=subprocess.DEVNULL
            )
        call(environment, "fill", count)
        for title, ring in RINGS.items():
            environment["VIGIL_FIELD_KEYS"] = ring
            print(title, flush=True)
            call(environment, "measure")
    return 0


def call(environment: dict[str, str], *arguments: str) -> None:
    subprocess.run([sys.executable, "-m", "scripts.sealing", *arguments], cwd=ROOT, env=environment, check=True)


def fill(count: int) -> None:
    from django.utils import timezone

    from clinic.models import Site, User
    from patients.models import Patient

    site, by, now = Site.objects.order_by("pk")[0], User.objects.order_by("pk")[0], timezone.now()
    Patient.objects.bulk_create(
        [
            Patient(
                site=site, mrn=f"S-{number:06}", first_name="Amber", last_name=f"Sparrow{number}", name_folded=f"sparrow{number}, amber", birth_on="1984-03-07",
                sex="female", address="1 Fable Lane, Exampleton", allergies="none known", created_at=now, created_by=by,
            )
            for number in range(count)
        ],
        batch_size=500,
    )  # fmt: skip


def measure() -> None:
    from django.core.management import call_command
    from django.test import Client

    from clinic.models import Site, User
    from patients.models import Patient

    site = Site.objects.order_by("pk")[0]
    started = time.perf_counter()
    call_command("rotate_fields", stdout=open(os.devnull, "w"))  # noqa: SIM115
    print(f"  rotate_fields: {time.perf_counter() - started:.1f} s")
    client = Client()
    client.force_login(User.objects.get(email="nurse@demo.example"), backend="allauth.account.auth_backends.AuthenticationBackend")
    listed, chart = f"/{site.slug}/patients/", f"/{site.slug}/patients/{Patient.objects.filter(site=site).order_by('pk')[0].pk}/"
    asked: dict[str, Callable[[], object]] = {
        "list of 50": lambda: client.get(listed), "search by name": lambda: client.post(listed, {"q": "robbin"}),
        "search by part of an MRN": lambda: client.post(listed, {"q": "00471"}), "search by a birth date": lambda: client.post(listed, {"q": "1984-03-07"}),
        "chart": lambda: client.get(chart), "a patient registered (without the page)": registering(site),
    }  # fmt: skip
    for title, ask in asked.items():
        assert getattr(ask(), "status_code", 200) == 200, title
        show(title, ask)


def show(title: str, ask: Callable[[], object]) -> None:
    print(f"  {title}: {1000 * statistics.median(timed(ask) for _ in range(ROUNDS)):.1f} ms")


def registering(site: Any) -> Callable[[], object]:
    from django.utils import timezone

    from clinic.models import User
    from patients.actions.patient import register_patient

    numbers, by = itertools.count(int(time.time() * 1000)), User.objects.order_by("pk")[0]
    person = {
        "last_name": "Sparrow",
        "first_name": "Amber",
        "birth_on": date(1984, 3, 7),
        "sex": "female",
        "address": "1 Fable Lane",
        "allergies": "none known",
    }
    return lambda: register_patient(site=site, fields={**person, "mrn": f"R-{next(numbers)}"}, by=by, now=timezone.now())


def timed(ask: Callable[[], object]) -> float:
    started = time.process_time()
    ask()
    return time.process_time() - started


if __name__ == "__main__":
    word = sys.argv[1] if len(sys.argv) > 1 else ""
    if word not in ("fill", "measure"):
        sys.exit(main(sys.argv[1:]))
    import django

    django.setup()
    fill(int(sys.argv[2])) if word == "fill" else measure()
