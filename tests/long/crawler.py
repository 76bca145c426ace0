"""`make attack`: each of the demonstration's people, and a stranger, walks every link and throws hostile words at every form. `SECONDS` for each (150)."""

import os
from typing import Any

import pytest
from django.db.models import Max

from clinic import clock
from clinic.models import Membership, Site
from desk.demo.screens import SCREENS, token_of
from patients.models import Patient
from reminders.links import token_for
from sessions.models import TreatmentSession
from sessions.states import Status
from tests.support.attacker import Attacker
from tests.support.fixtures import StackMaker
from tests.support.stack import LiveStack
from tests.support.visitor import Visitor

pytestmark = pytest.mark.timeout(6 * 3600)
SECONDS = float(os.environ.get("SECONDS", "150"))
PEOPLE = ("auditor", "desk", "support", "nurse", "prescriber", "admin")
# What a walk must have met, or it has lost its way.
LEAST = 12


def foreign_names() -> tuple[str, ...]:
    """Hillcrest's patients who have no namesake at Riverside, as pages write them."""
    theirs, ours = ({(row.last_name, row.first_name) for row in Patient.objects.filter(site__slug=slug)} for slug in ("hillcrest", "riverside"))
    return tuple(name for last, first in theirs - ours for name in (f"{last}, {first}", f"{first} {last}"))


def foreign_rows() -> tuple[int, ...]:
    """Numbers of Hillcrest's rows, some that may be anybody's, and some of nobody."""
    there = Site.objects.get(slug="hillcrest")
    rows = [
        list(model.objects.filter(site=there).order_by("-pk").values_list("pk", flat=True)[:12]) for model in (Patient, TreatmentSession, Membership)
    ]
    most = TreatmentSession.objects.aggregate(most=Max("pk"))["most"]
    return (*(pk for found in rows for pk in found), *range(1, most, max(1, most // 40)), 0, 10**9, 10**30)


def close(someone: Attacker, who: str, web: LiveStack) -> None:
    """What a whole attack may not have done."""
    print(
        f"\n{who}: {sum(someone.answers.values())} answers of {len(someone.met)} addresses, {dict(sorted(someone.answers.items()))}, signed in {someone.entered} times"
    )
    for fault in someone.faults:
        print(f"  {fault}")
    assert "Internal Server Error" not in web.log("web"), web.log("web")[-6000:]
    assert someone.faults == []
    web.manage("verify_audit")
    web.manage("verify_signatures")


@pytest.mark.parametrize("role", PEOPLE)
def test_nothing_gives_way_to(role: str, make_stack: StackMaker, demonstration: str, settings: Any) -> None:
    web = make_stack("web", copy_of=demonstration)
    start = "/riverside/reports/" if role == "auditor" else "/riverside/"
    someone = Attacker(Visitor(web.url), (f"{role}@demo.example", settings.VIGIL_DEMONSTRATION_PASSWORD), start, foreign_names(), foreign_rows())
    someone.attack(SECONDS)
    close(someone, role, web)
    assert len(someone.met) >= LEAST


def test_nothing_gives_way_to_who_never_signs_in(make_stack: StackMaker, demonstration: str) -> None:
    """A patient who proved the birth date, each enrolled screen, a calendar's address, and the sign-in's own pages. No name at all may be shown."""
    web = make_stack("web", copy_of=demonstration)
    names = tuple(f"{row.first_name} {row.last_name}" for row in Patient.objects.all())
    visit = TreatmentSession.objects.filter(site__slug="riverside", status=Status.BOOKED, starts_at__gt=clock.now()).order_by("starts_at", "pk")[1]
    link = f"/v/{token_for(visit, useless_at=visit.ends_at)}/"
    starts = [
        link,
        *(f"/r/{token_of('riverside', name)}/" for name, *_ in SCREENS),
        f"/f/{token_of('riverside', 'calendar')}.ics",
        "/accounts/login/",
    ]
    for start in starts:
        someone = Attacker(Visitor(web.url), ("", ""), start, names, foreign_rows(), pause=0.6 if start != "/accounts/login/" else 0)
        if start == link:
            born = visit.patient.birth_on
            given = {"year": str(born.year), "month": str(born.month), "day": str(born.day)}
            assert someone.visitor.post(f"{link}birth/", given, page=link).status == 303
        someone.attack(SECONDS / len(starts))
        close(someone, start[:6], web)
