"""Authorisations are superseded, never edited; a move to another setting opens and closes the task to tell the REMS (SET-8)."""

import uuid
from datetime import datetime, timedelta

import pytest

from clinic.findings import Changed, Refused
from clinic.models import AuditEntry, Notice
from patients.actions import authorisations, course, transfers
from patients.models import Authorisation, TransferOut
from patients.queries.authorisations import authorisations_of, in_force
from tests.cast import NOW, TODAY, Cast
from tests.factories.intakes import AuthorisationFactory, TransferFactory
from tests.factories.patients import PatientFactory, ready_patient

GRANTED = {"payer": "Plan", "number": "A-1", "sessions_granted": 8, "from_on": TODAY, "until_on": TODAY + timedelta(days=90), "note": ""}


def grant(cast: Cast, patient, **more):  # type: ignore[no-untyped-def]
    told = {"supersedes": None, "reason": "", "client_key": uuid.uuid4()} | {
        name: more.pop(name) for name in ("supersedes", "reason", "client_key") if name in more
    }
    return authorisations.record_authorisation(patient, fields=GRANTED | more, **told, by=cast.desk, now=NOW)


def test_an_authorisation_is_put_right_by_a_new_row(cast: Cast) -> None:
    patient, key = PatientFactory(site=cast.riverside), uuid.uuid4()
    old = grant(cast, patient, client_key=key)
    assert grant(cast, patient, client_key=key) == old
    new = grant(cast, patient, sessions_granted=12, supersedes=old, reason="Misread")
    renewal = grant(cast, patient, number="A-2", from_on=TODAY + timedelta(days=91), until_on=TODAY + timedelta(days=180))
    assert [one.pk for one in authorisations_of(patient)] == [renewal.pk, new.pk]
    assert in_force(authorisations_of(patient), TODAY) == new
    assert in_force(authorisations_of(patient), TODAY - timedelta(days=1)) is None
    for wrong in ({"supersedes": old, "reason": "Again"}, {"supersedes": new}, {"sessions_granted": 0}, {"until_on": TODAY - timedelta(days=1)}):
        with pytest.raises(Refused):
            grant(cast, patient, **wrong)
    assert Authorisation.objects.count() == 3
    assert list(AuditEntry.objects.order_by("pk").values_list("action", flat=True)) == [
        "authorisation.recorded", "authorisation.corrected", "authorisation.recorded",
    ]  # fmt: skip


def plan(cast: Cast, patient, **more) -> TransferOut:  # type: ignore[no-untyped-def]
    fields = {"to_setting": "Otherside", "moves_on": TODAY + timedelta(days=7), "owner": cast.nurse, "client_key": uuid.uuid4()} | more
    return transfers.plan_move(patient, **fields, by=cast.desk, now=NOW)


def told(cast: Cast, move: TransferOut, **more: object) -> TransferOut:
    fields = {"told_at": NOW - timedelta(hours=1), "told_by": cast.nurse, "told_how": "phone", "told_note": "Agent 7"} | more
    return transfers.tell_of_move(move, **fields, by=cast.desk, now=NOW)  # type: ignore[arg-type]


def test_a_move_opens_the_task_and_the_telling_closes_it(cast: Cast) -> None:
    """With its owner, due before the move; closed by who told, when and how."""
    patient, key = PatientFactory(site=cast.riverside), uuid.uuid4()
    move = plan(cast, patient, client_key=key)
    assert plan(cast, patient, client_key=key) == move
    notice = Notice.objects.get()
    assert (notice.rule, notice.owner, notice.resolved_at) == ("SET-8", cast.nurse, None)
    assert notice.due_at == datetime.fromisoformat("2026-06-16T22:00:00+00:00")
    with pytest.raises(Refused):
        plan(cast, patient)
    for wrong in ({"told_at": NOW + timedelta(hours=1)}, {"told_note": ""}, {"told_by": cast.stranger}):
        with pytest.raises(Refused):
            told(cast, move, **wrong)
    for _ in range(2):
        done = told(cast, move)
    assert (done.told_by, done.told_how, done.told_note) == (cast.nurse, "phone", "Agent 7")
    assert Notice.objects.get().resolved_how == "Nora Nurse told the REMS, phone"
    with pytest.raises(Refused, match="already"):
        transfers.call_off_move(move, reason="Stays", by=cast.desk, now=NOW)
    assert list(AuditEntry.objects.order_by("pk").values_list("action", flat=True)) == ["transfer.planned", "transfer.told"]


def test_a_move_that_is_off_owes_nothing(cast: Cast) -> None:
    move = plan(cast, PatientFactory(site=cast.riverside))
    with pytest.raises(Refused):
        transfers.call_off_move(move, reason="", by=cast.desk, now=NOW)
    transfers.call_off_move(move, reason="Stays", by=cast.desk, now=NOW)
    assert not Notice.objects.filter(resolved_at=None).exists()
    for again in (lambda: told(cast, move), lambda: transfers.call_off_move(move, reason="Stays", by=cast.desk, now=NOW)):
        with pytest.raises(Refused, match="off"):
            again()


def test_the_board_shows_the_task_with_its_owner(cast: Cast, sign_in) -> None:
    patient = PatientFactory(site=cast.riverside, last_name="Mover", first_name="Mia")
    move = plan(cast, patient)
    page = sign_in(cast.desk).get("/riverside/").content.decode()
    assert "Mover, M." in page
    assert f"/riverside/moves/{move.pk}/told/" in page
    TransferFactory(patient=PatientFactory(site=cast.hillcrest), owner=cast.stranger)


def test_sessions_elsewhere_are_put_right_by_a_prescriber(cast: Cast) -> None:
    mine = ready_patient(cast.riverside, cast.prescriber).courses.get()
    fields = {
        "earlier_sessions": 5,
        "earlier_first_on": TODAY - timedelta(days=20),
        "earlier_last_on": TODAY - timedelta(days=4),
        "earlier_last_dose_mg": 84,
    }
    by = {"by": cast.of(cast.prescriber), "now": NOW}
    for _ in range(2):
        row = course.put_elsewhere_right(mine, fields=fields, **by)
    assert (row.earlier_sessions, AuditEntry.objects.filter(action="course.elsewhere").count()) == (5, 1)
    with pytest.raises(Refused):
        course.put_elsewhere_right(mine, fields=fields | {"earlier_first_on": None}, **by)
    with pytest.raises(Changed):
        course.put_elsewhere_right(mine, fields=fields | {"earlier_sessions": 6}, opened={"earlier_sessions": "0"}, **by)
    with pytest.raises(Refused):
        course.put_elsewhere_right(mine, fields=fields, by=cast.of(cast.nurse), now=NOW)
    course.end_course(mine, reason="Done", **by)
    with pytest.raises(Refused):
        course.put_elsewhere_right(mine, fields=fields, **by)


def test_of_two_in_force_the_one_that_ends_first_is_used(cast: Cast) -> None:
    patient = PatientFactory(site=cast.riverside)
    long, short = (AuthorisationFactory(patient=patient, until_on=TODAY + timedelta(days=days)) for days in (80, 9))
    assert in_force([long, short], TODAY) == short
