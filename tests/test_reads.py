"""Who opens a page of a patient's record leaves an entry that says so: walked over every url that there is."""

from datetime import timedelta

import pytest
from django.http import HttpResponse
from django.urls import reverse

from clinic.models import AuditEntry
from patients.models import Patient
from tests.access_table import PAGES
from tests.factories.changing import change
from tests.test_access_matrix import STAFF, World, undone, world  # noqa: F401

pytestmark = pytest.mark.django_db
CANARY = "Zyxcanary"
# The floor's lists: many names, nobody's record. A page that comes to them must be weighed here.
LISTS = {
    "ahead", "board", "day", "emergencies", "emergency_reads", "filing", "intake_list", "messages", "patient_list", "schedule", "self_audit", "to_sign", "wishes",
}  # fmt: skip
# What tells that many were seen at once: it names the report, and the sessions in its changes.
OF_MANY = ("report.read", "schedule.printed")


def opened(world: World, name: str, method: str = "get") -> tuple[HttpResponse, list[tuple[str, int | None]]]:  # noqa: F811
    """A page's answer to somebody who may open it, and the acts and patients of the entries that it left."""
    able = next(who for who in STAFF if world.may(who, PAGES[name]))
    last = AuditEntry.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    response = getattr(world.clients[able], method)(reverse(name, kwargs={"site": "riverside", **world.here[PAGES[name].of]}))
    return response, list(AuditEntry.objects.filter(pk__gt=last).values_list("action", "patient_pk"))


def shows_a_patient(response: HttpResponse) -> bool:
    return response.status_code in (200, 422) and CANARY.encode() in (response.getvalue() if response.streaming else response.content)


def test_no_record_is_read_unseen(world: World) -> None:  # noqa: F811
    unseen, shown = set(), set()
    with undone():
        change(Patient.objects.filter(site=world.cast.riverside), last_name=CANARY)
        for name in (name for name, entry in PAGES.items() if "GET" in entry.methods):
            with undone():
                response, entries = opened(world, name)
                is_shown = shows_a_patient(response)
                shown |= {name} if is_shown else set()
                unseen |= {name} if is_shown and not any(patient or action in OF_MANY for action, patient in entries) else set()
    assert unseen == LISTS
    assert len(shown) > 80


def test_a_refused_form_shows_the_record_too_and_a_quarter_of_an_hour_is_one_read(world: World, still_clock) -> None:  # type: ignore[no-untyped-def]  # noqa: F811
    read = [("record.read", world.here["patient"]["pk"])]
    with undone():
        change(Patient.objects.filter(site=world.cast.riverside), last_name=CANARY)
        refused, entries = opened(world, "medicine_new", "post")
        assert (shows_a_patient(refused), entries) == (True, read)
        assert opened(world, "trial_new")[1] == opened(world, "medicine_new")[1] == []
        still_clock.shift(timedelta(minutes=16))
        assert opened(world, "medicine_new")[1] == read
