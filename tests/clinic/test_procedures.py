"""Procedures: written in versions, signed by everybody who works here, never changed."""

import uuid
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.test import Client

from clinic.actions.procedures import retire_procedure, sign_off, write_procedure, write_version
from clinic.findings import Refused
from clinic.models import AuditEntry, Procedure, ProcedureSignOff, ProcedureVersion, Signature
from clinic.queries.procedures import standings_of
from clinic.rules.procedures import sign_findings, version_findings
from clinic.signatures import IdentityProof, is_intact
from tests.cast import NOW, TODAY, Cast
from tests.factories.clinic import PASSWORD

pytestmark = pytest.mark.django_db
TEXT = "Call 911.\n\nStay with the patient."


@pytest.fixture
def version(cast: Cast) -> ProcedureVersion:
    told = {"title": "Emergencies", "text": TEXT, "effective_on": TODAY, "client_key": uuid.uuid4(), "by": cast.admin, "now": NOW}
    return write_procedure(cast.riverside, **told)


def signed(cast: Cast, version: ProcedureVersion, *, number: int = 1) -> ProcedureSignOff:
    proof = IdentityProof(user=cast.nurse, method="password")
    told = {"procedure": version.procedure, "number": number, "client_key": uuid.uuid4(), "proof": proof, "now": NOW}
    return sign_off(cast.of(cast.nurse), **told)


@pytest.mark.parametrize(
    ("on", "last", "retired", "refused"),
    [(TODAY, None, False, ""), (TODAY, TODAY, False, ""), (TODAY, date(2030, 1, 1), False, "effective_on"), (TODAY, None, True, "text")],
)
def test_a_version_follows_the_one_before_it(on: date, last: date | None, retired: bool, refused: str) -> None:
    assert [one.field for one in version_findings(effective_on=on, last_on=last, is_retired=retired)] == ([refused] if refused else [])


@pytest.mark.parametrize(
    ("number", "given", "retired", "is_good"), [(2, {2}, False, True), (1, {2}, False, False), (1, {1, 2}, False, True), (2, {2}, True, False)]
)
def test_what_is_in_force_and_the_newest_text_are_what_is_signed(number: int, given: set[int], retired: bool, is_good: bool) -> None:
    assert (not sign_findings(number=number, to_sign=given, is_retired=retired)) is is_good


def test_a_version_to_come_excuses_nobody_from_the_one_in_force(version: ProcedureVersion, cast: Cast, sign_in: Callable[..., Client]) -> None:
    late, begins = TODAY + timedelta(days=8), TODAY + timedelta(days=30)
    told = {"text": TEXT + " Press the button.", "effective_on": begins, "reason": "The button", "by": cast.admin, "now": NOW}
    write_version(version.procedure, client_key=uuid.uuid4(), **told)
    standing = standings_of(cast.riverside, today=late)[0]
    assert (standing.version.number, standing.in_force.version, standing.is_late(late)) == (2, version, True)
    page = sign_in(cast.nurse).get(f"/riverside/procedures/{version.procedure_id}/").content.decode()
    assert "In force until then" in page
    assert "Version 1</p>" in page
    for number, mine in ((1, 2), (2, None)):
        signed(cast, version, number=number)
        left = standings_of(cast.riverside, today=TODAY)[0].mine_to_sign(cast.of(cast.nurse))
        assert (left.version.number if left else None) == mine
    standing = standings_of(cast.riverside, today=begins)[0]
    assert (standing.before, standing.is_late(begins), standing.is_late(begins + timedelta(days=8))) == (None, False, True)


def test_everybody_signs_each_version_once(version: ProcedureVersion, cast: Cast) -> None:
    first = signed(cast, version)
    assert signed(cast, version) == first
    assert is_intact(Signature.objects.get(target_kind="proceduresignoff", target_pk=first.pk))
    standing = standings_of(cast.riverside, today=TODAY)[0]
    assert [row.membership.user for row in standing.signed] == [cast.nurse]
    assert cast.auditor not in [member.user for member in standing.missing]
    assert cast.prescriber in [member.user for member in standing.missing]
    assert [standing.is_late(TODAY + timedelta(days=days)) for days in (7, 8)] == [False, True]

    told = {"text": TEXT + " Press the button.", "effective_on": TODAY, "reason": "The button", "by": cast.admin, "now": NOW}
    key = uuid.uuid4()
    second = write_version(version.procedure, client_key=key, **told)
    assert write_version(version.procedure, client_key=key, **told) == second
    assert second.number == 2
    with pytest.raises(Refused, match="newer version"):
        signed(cast, version)
    with pytest.raises(Refused, match="a later one"):
        write_version(version.procedure, client_key=uuid.uuid4(), **{**told, "effective_on": TODAY - timedelta(days=1)})
    assert standings_of(cast.riverside, today=TODAY)[0].signed == []
    assert is_intact(Signature.objects.get(target_kind="proceduresignoff", target_pk=first.pk))

    retire_procedure(version.procedure, by=cast.admin, now=NOW)
    assert standings_of(cast.riverside, today=TODAY) == []
    assert standings_of(cast.riverside, version.procedure, today=TODAY)[0].missing == []
    written = list(AuditEntry.objects.filter(action__startswith="procedure.").order_by("seq").values_list("action", flat=True))
    assert written == ["procedure.written", "procedure.signed", "procedure.written", "procedure.retired"]


def test_the_pages(cast: Cast, sign_in: Callable[..., Client]) -> None:
    admin, nurse = sign_in(cast.admin), sign_in(cast.nurse)
    told = {"title": "Emergencies", "text": TEXT, "effective_on": "2026-06-01", "client_key": str(uuid.uuid4())}
    assert admin.post("/riverside/procedures/new/", told).status_code == 303
    assert admin.post("/riverside/procedures/new/", {**told, "client_key": str(uuid.uuid4())}).status_code == 422
    page = f"/riverside/procedures/{Procedure.objects.get().pk}/"
    assert "Yours to sign" in nurse.get("/riverside/procedures/").content.decode()
    assert "Write a new version" not in nurse.get(page).content.decode()
    sign = {"number": "1", "password": "wrong", "client_key": str(uuid.uuid4())}
    assert nurse.post(f"{page}sign/", sign).status_code == 422
    assert not ProcedureSignOff.objects.exists()
    assert nurse.post(f"{page}sign/", {**sign, "password": PASSWORD}).status_code == 303
    assert "Sign: “I have read" not in nurse.get(page).content.decode()
    assert admin.post(f"{page}version/", {"text": "x", "effective_on": "junk", "client_key": str(uuid.uuid4())}).status_code == 422
    assert admin.post(f"{page}version/", {**told, "text": "New", "reason": "Better", "client_key": str(uuid.uuid4())}).status_code == 303
    shown = admin.get(page).content.decode()
    assert "All versions (2)" in shown
    assert "Better" in shown
    assert admin.post(f"{page}retire/").status_code == 303
    assert "Out of use (1)" in admin.get("/riverside/procedures/").content.decode()
