"""A process beside others: somebody who writes sealed cells until told to stop, or a rotation in small batches.

`python -m tests.patients.cell_worker write SITE FIRST MOST` writes to every other of the first MOST patients and registers others, prints `pk<TAB>address`
behind each commit and ends with its standard input; `… rotate SIZE` is `manage.py rotate_fields` by batches of SIZE.
"""

import itertools
import sys
from threading import Thread

import django

NAMES = {"first_name": "Ann", "last_name": "Bee", "sex": "female"}


def write(site_pk: int, first: int, most: int) -> None:
    from django.utils import timezone

    from clinic import cells, scope
    from clinic.models import Site, User
    from patients.actions.patient import edit_patient, register_patient
    from patients.models import Patient

    is_over: list[str] = []
    Thread(target=lambda: is_over.append(sys.stdin.read()), daemon=True).start()
    with scope.of_site(site_pk):
        site, by = Site.objects.get(pk=site_pk), User.objects.order_by("pk")[0]
        mine = list(Patient.objects.filter(site=site).order_by("pk"))[first:most:2]
        person = {**NAMES, "birth_on": timezone.now().date().replace(year=1990, day=1)}
        for turn, row in enumerate(itertools.cycle(mine)):
            if is_over:
                return
            if turn % 7 == 6:
                row = register_patient(
                    site=site, fields={**person, "mrn": f"{cells.newest()}-{first}-{turn}", "address": "-"}, by=by, now=timezone.now()
                )
            mrn = Patient.objects.get(pk=row.pk).mrn
            told = f"{turn} {cells.newest()} Lane"
            edit_patient(row, fields={**person, "mrn": mrn, "address": told}, by=by, now=timezone.now())
            print(f"{row.pk}\t{told}", flush=True)


def rotate(size: int) -> None:
    from django.core.management import call_command

    from clinic import resealing

    resealing.BATCH = size
    call_command("rotate_fields")


if __name__ == "__main__":
    django.setup()
    act, *numbers = sys.argv[1:]
    {"write": write, "rotate": rotate}[act](*map(int, numbers))
