"""Who opens a page of one patient leaves an entry that names the patient: walked over every url that there is."""

import pytest
from django.urls import reverse

from clinic.models import AuditEntry
from patients.models import Patient
from tests.access_table import PAGES
from tests.test_access_matrix import World, undone, world  # noqa: F401

pytestmark = pytest.mark.django_db
# Forms that stand open on the way from a chart or a flowsheet, whose reading was noted; and pages of many patients.
ON_THE_WAY: set[str] = set()


def is_read_unseen(world: World, name: str) -> bool:  # noqa: F811
    """Whether the page shows a patient's name and no entry names a patient."""
    with undone():
        last = AuditEntry.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
        page = world.clients["prescriber"].get(reverse(name, kwargs={"site": "riverside", **world.here[PAGES[name].of]}))
        names = Patient.objects.filter(site=world.cast.riverside).values_list("last_name", flat=True)
        shown = page.status_code == 200 and not page.streaming and any(one in page.text for one in names)
        return shown and not AuditEntry.objects.filter(pk__gt=last, patient_pk__isnull=False).exists()


def test_no_record_is_read_unseen(world: World) -> None:  # noqa: F811
    asked = [name for name, entry in PAGES.items() if "GET" in entry.methods and entry.of]
    assert {name for name in asked if is_read_unseen(world, name)} == ON_THE_WAY
