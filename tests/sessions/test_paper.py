"""Paper for the dark hour: sheets that print at any time, and typing them in with true times, writer, typist and photo."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from clinic.models import Attachment, AuditEntry
from sessions.models import Breach, DeviceUse, Observation, SessionEvent, TreatmentSession
from sessions.picture import picture_of
from sessions.queries.policies import policy_for
from tests.cast import NOW, TODAY
from tests.factories.sessions import at_state

PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 40
EMPTY = {
    f"{kind}-{name}": value
    for kind, count in (("devices", 3), ("checks", 6), ("events", 4))
    for name, value in (("TOTAL_FORMS", count), ("INITIAL_FORMS", 0))
}


def ago(minutes: int):
    return NOW - timedelta(minutes=minutes)


def clock(moment, session) -> str:
    return moment.astimezone(session.site.zone).strftime("%H:%M")


def row(group: str, number: int, at: str, /, **values: object) -> dict[str, object]:
    return {f"{group}-{number}-at": at} | {f"{group}-{number}-{name}": value for name, value in values.items()}


def check(number: int, at: str, systolic: object = 131, **more: object) -> dict[str, object]:
    usual = {"diastolic": 83, "pulse": 70, "spo2": 98, "breathing": "normal", "sedation": 5, "dissociation": "none", "nausea": "none"}
    return row("checks", number, at, systolic=systolic, **(usual | more))


def posted(writer, *rows: dict[str, object], **more: object) -> dict[str, object]:
    told: dict[str, object] = {**EMPTY, "client_key": uuid4(), "day": TODAY.isoformat(), "written_by": writer.pk, "route": "bulk"}
    for one in rows:
        told |= one
    return told | more


def enter(client, session, data):
    return client.post(reverse("paper_enter", args=["riverside", session.pk]), data)


@pytest.fixture
def session(cast, prescriber_here):
    return at_state("cleared", cast, chair=cast.chairs[0])


def test_a_dark_hour_is_typed_in_with_its_times_writer_typist_and_photo(cast, sign_in, session) -> None:
    """Two devices and three checks between them: kinds and planned minutes follow from the times, nothing is recorded as now."""
    first = ago(62)
    rows = [
        row("devices", 0, clock(first, session), sprays=2, lot="dark1", expires_on="2027-06-30"),
        row("devices", 1, clock(first + timedelta(minutes=5), session)),
        check(0, clock(first + timedelta(minutes=41), session), 150, dissociation="mild"),
        check(1, clock(first + timedelta(minutes=20), session), 144, sedation=""),
        row("events", 0, clock(first + timedelta(minutes=12), session), kind="dissociation_began"),
    ]
    file = SimpleUploadedFile("sheet photo.png", PNG, content_type="image/png")
    answer = enter(sign_in(cast.nurse), session, posted(cast.second_nurse, *rows, file=file))
    assert answer.status_code == 303, answer.content.decode()
    devices = list(DeviceUse.objects.order_by("number"))
    assert [(d.observed_at, d.sprays, d.lot, d.observed_by, d.recorded_by) for d in devices] == [
        (first, 2, "DARK1", cast.second_nurse, cast.nurse), (first + timedelta(minutes=5), 2, "", cast.second_nurse, cast.nurse),
    ]  # fmt: skip
    checks = list(Observation.objects.exclude(kind="baseline").order_by("observed_at"))
    assert [(c.kind, c.planned_minute, c.systolic, c.recorded_at) for c in checks] == [("extra", None, 144, NOW), ("planned", 40, 150, NOW)]
    assert checks[0].not_obtained == {"sedation": "Not on the paper"}
    assert all((c.observed_by, c.recorded_by) == (cast.second_nurse, cast.nurse) for c in checks)
    told = SessionEvent.objects.get(kind="paper")
    assert (told.what, told.observed_by, told.recorded_by) == ("2 devices, 2 checks, 1 other entry, photo kept", cast.second_nurse, cast.nurse)
    kept = Attachment.objects.get()
    assert (kept.target_kind, kept.target_pk, kept.content_type) == ("treatmentsession", session.pk, "image/png")
    row_now = TreatmentSession.objects.get(pk=session.pk)
    assert row_now.status == "monitoring"
    assert picture_of(row_now, policy_for(row_now)).first_device_at == first


def test_what_went_past_a_gate_is_a_breach_and_waits_for_a_second_person(cast, sign_in, session) -> None:
    """Late by one person's word alone: kept, and the gate doesn't open earlier for it (OUT-4)."""
    assert enter(sign_in(cast.nurse), session, posted(cast.nurse, row("devices", 0, clock(ago(130), session)))).status_code == 303
    assert Breach.objects.filter(session=session).exists()
    picture = picture_of(TreatmentSession.objects.get(pk=session.pk), policy_for(session))
    assert [device.number for device in picture.awaiting_second] == [1]
    assert picture.first_device_at == ago(130)
    assert picture.gate_opens_at > NOW


def test_a_second_post_of_the_same_sheet_changes_nothing(cast, sign_in, session) -> None:
    data = posted(cast.nurse, row("devices", 0, clock(ago(30), session)), check(0, clock(ago(20), session)))
    for _ in range(2):
        assert enter(sign_in(cast.nurse), session, data).status_code == 303
    assert (DeviceUse.objects.count(), Observation.objects.exclude(kind="baseline").count(), SessionEvent.objects.count()) == (1, 1, 1)


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([], "Nothing was typed in yet"),
        ([{"checks-0-systolic": "131"}], "Say when"),
        ([check(0, "09:40", 80)], "The check of 09:40: 80/83"),
        ([check(0, "09:40", 131), check(1, "10:30", 131)], "come yet"),
        ([check(0, "09:40", 230, diastolic=90)], "so it stands on the paper"),
        ([check(0, "09:40", "many")], "whole numbers only"),
        ([{"written_by": "0"}, check(0, "09:40")], "valid choice"),
        ([{"day": "2026-06-01"}, check(0, "09:40")], "more than a day ago"),
        ([{"client_key": "x"}, check(0, "09:40")], "Save the sheet"),
    ],
    ids=["empty", "no time", "can't be", "to come", "unlikely", "not a number", "nobody wrote it", "days ago", "no key"],
)  # fmt: skip
def test_what_can_not_be_kept_is_refused_whole(cast, sign_in, rows, words) -> None:
    session = at_state("monitoring", cast, first_device_at=ago(55), chair=cast.chairs[0])
    before = (Observation.objects.count(), SessionEvent.objects.count(), AuditEntry.objects.exclude(action="record.read").count())
    answer = enter(sign_in(cast.nurse), session, posted(cast.nurse, *rows))
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert (Observation.objects.count(), SessionEvent.objects.count(), AuditEntry.objects.exclude(action="record.read").count()) == before


def test_a_rare_value_is_kept_once_confirmed(cast, sign_in) -> None:
    session = at_state("monitoring", cast, first_device_at=ago(55), chair=cast.chairs[0])
    data = posted(cast.nurse, check(0, "09:40", 230, diastolic=90))
    assert enter(sign_in(cast.nurse), session, data).status_code == 422
    assert enter(sign_in(cast.nurse), session, data | {"is_confirmed": "on"}).status_code == 303
    assert Observation.objects.filter(systolic=230, observed_at__lt=NOW).exists()


@pytest.mark.parametrize(
    ("content", "status"),
    [(PNG, 303), (b"\xff\xd8\xff\xe0" + b"0" * 20, 303), (b"<html></html>", 422), (b"plain words", 422), (PNG + b"0" * (5 * 1024 * 1024), 422)],
)
def test_the_photo_is_told_by_its_content_and_its_size(cast, sign_in, content, status) -> None:
    session = at_state("monitoring", cast, first_device_at=ago(55), chair=cast.chairs[0])
    file = SimpleUploadedFile("photo.jpg", content, content_type="image/jpeg")
    assert enter(sign_in(cast.nurse), session, posted(cast.nurse, check(0, "09:40"), file=file)).status_code == status
    assert Attachment.objects.exists() is (status == 303)
    assert Observation.objects.filter(systolic=131).exists() is (status == 303)


def test_support_staff_type_checks_and_no_devices(cast, sign_in, session) -> None:
    support = sign_in(cast.support)
    assert enter(support, session, posted(cast.nurse, row("devices", 0, clock(ago(30), session)))).status_code == 403
    assert not DeviceUse.objects.exists()
    assert enter(support, session, posted(cast.nurse, check(0, clock(ago(5), session)))).status_code == 303


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
def test_a_day_that_no_calendar_has_is_refused(cast, sign_in, session, day) -> None:
    for wall in ("00:01", "23:59"):
        assert enter(sign_in(cast.nurse), session, posted(cast.nurse, check(0, wall), day=day)).status_code == 422


def test_a_signed_record_takes_no_paper(cast, sign_in) -> None:
    session = at_state("discharged", cast, first_device_at=ago(300))
    answer = enter(sign_in(cast.nurse), session, posted(cast.nurse, check(0, "09:40")))
    assert answer.status_code == 422
    assert not SessionEvent.objects.exists()


def test_a_sheet_has_true_clock_times_what_is_known_and_a_code(cast, sign_in) -> None:
    session = at_state("monitoring", cast, first_device_at=ago(50), chair=cast.chairs[0])
    page = sign_in(cast.nurse).get(reverse("sheet", args=["riverside", session.pk])).content.decode()
    assert f"40 min <b>{clock(ago(10), session)}</b>" in page
    assert f"not before {clock(ago(50) + timedelta(minutes=125), session)}" in page
    assert "122/78" in page
    assert "LOT-2026A" in page
    assert "Alert and awake (MOAA/S 5)" in page
    assert 'class="v-qr"' in page
    assert AuditEntry.objects.filter(action="sheet.printed", patient_pk=session.patient_id).count() == 1


def test_all_sheets_of_the_day_and_a_blank_one(cast, sign_in) -> None:
    sessions = [at_state(status, cast, chair=cast.chairs[place]) for place, status in enumerate(("booked", "arrived", "monitoring"))]
    gone = at_state("cancelled", cast, chair=cast.chairs[3])
    nurse = sign_in(cast.nurse)
    page = nurse.get(reverse("day_sheets", args=["riverside"]) + f"?day={TODAY}").content.decode()
    assert all(str(one.patient) in page for one in sessions)
    assert str(gone.patient) not in page
    assert page.count("v-paper v-grid-sheet") == 4
    blank = nurse.get(reverse("blank_sheets", args=["riverside"])).content.decode()
    assert blank.count("v-paper v-grid-sheet") == 1
    assert "120 min" in blank
