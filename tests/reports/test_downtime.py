"""Packets for the dark day: when they are due, what they hold, that only the passphrase opens them, and the page about them."""

import io
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pypdf import PasswordType, PdfReader

from clinic import sealed
from clinic.models import AuditEntry
from reports import tasks
from reports.actions.downtime import make_packet, put, set_passphrase
from reports.models import DowntimeKit, DowntimePacket
from reports.queries.downtime import due_kinds, standings
from reports.rules import downtime as rules
from sessions.states import Status
from tests.cast import NOW, TODAY, Cast
from tests.factories.patients import ContactFactory, PatientFactory
from tests.factories.sessions import at_state

OPENS = "five birds over Albany"
H = timedelta(hours=1)
SIX_PM = NOW.replace(hour=22, minute=5)


@pytest.fixture
def folder(settings: Any, tmp_path: Path) -> Path:
    settings.VIGIL_DOWNTIME_DIR = tmp_path / "share"
    return tmp_path / "share" / "riverside"


@pytest.fixture
def kit(cast: Cast, folder: Path) -> DowntimeKit:
    return set_passphrase(cast.riverside, passphrase=OPENS, by=cast.admin, now=NOW - H)


@pytest.mark.parametrize(
    ("text", "is_good"),
    [(OPENS, True), ("short", False), ("ä" * 20, False), ("aaaaaaaaaaaaaaaaaaaa", False), (" five birds over Albany", False), ("x" * 101, False)],
)
def test_a_passphrase_is_long_and_on_every_keyboard(text: str, is_good: bool) -> None:
    assert (rules.passphrase_findings(text) == []) is is_good


@pytest.mark.parametrize(
    ("made", "opens", "inside", "due"),
    [
        (None, NOW - H, False, True),
        (None, NOW + H, False, True),
        (None, NOW + 2 * H, False, False),
        (None, None, False, False),
        (None, None, True, True),
        (NOW - H / 2, NOW - H, True, False),
        (NOW - H, NOW - 2 * H, False, True),
    ],
)
def test_todays_packet_is_made_every_hour_while_there_is_anybody(made: datetime | None, opens: datetime | None, inside: bool, due: bool) -> None:
    closes = NOW + 8 * H if opens is not None else None
    assert rules.today_is_due(made, opens_at=opens, closes_at=closes, is_anybody_in=inside, now=NOW) is due


def test_the_evenings_packet_and_what_is_late() -> None:
    assert rules.plan_is_due(None, evening=NOW, now=NOW)
    assert not rules.plan_is_due(NOW, evening=NOW, now=NOW + H)
    assert rules.plan_is_due(NOW - 23 * H, evening=NOW, now=NOW)
    assert rules.planned_day(date(2026, 6, 12), lambda day: day.weekday() < 5) == date(2026, 6, 15)
    assert rules.planned_day(date(2026, 6, 12), lambda day: False) == date(2026, 6, 13)
    late = {"since": NOW, "is_hourly": True, "now": NOW + 3 * H}
    assert [rules.is_late(made, **late) for made in (None, NOW + H, NOW + 2 * H)] == [True, True, False]  # type: ignore[arg-type]
    assert not rules.is_late(NOW, since=NOW, is_hourly=False, now=NOW + 9 * H)
    assert not rules.is_late(None, since=None, is_hourly=True, now=NOW)
    assert [rules.may_try(tried, None, NOW) for tried in (None, NOW - H, NOW)] == [True, True, False]


def text_of(path: Path, passphrase: str = OPENS) -> str:
    reader = PdfReader(path)
    assert reader.is_encrypted
    assert reader.decrypt(passphrase) != PasswordType.NOT_DECRYPTED
    return "\n".join(page.extract_text() for page in reader.pages)


def test_the_passphrase_alone_opens_a_packet_with_everything_in_it(cast: Cast, kit: DowntimeKit, folder: Path) -> None:
    session = at_state(Status.MONITORING, cast)
    patient = session.patient
    ContactFactory(patient=patient, site=patient.site, name="Emil Ember", kind="emergency", phone="+15185550142")
    other = PatientFactory(site=cast.hillcrest, last_name="Elsewhere")
    assert make_packet(cast.riverside, kind="today", day=TODAY, now=NOW)
    (path,) = folder.iterdir()
    assert path.name == f"vigil-{TODAY:%Y-%m-%d}-today.pdf"
    assert path.read_bytes().startswith(b"%PDF")
    assert patient.last_name.encode() not in path.read_bytes()
    assert PdfReader(path).decrypt("five birds over albany") == PasswordType.NOT_DECRYPTED
    text = text_of(path)
    for words in (
        patient.last_name,
        patient.mrn,
        "Emil Ember",
        cast.riverside.address,
        "911",
        "Petra Prescriber",
        "Ready to leave?",
        "Orders in force",
        "120 min",
        "Allergies",
        "MOAA/S",
    ):
        assert words in text, words
    assert other.last_name not in text
    row = DowntimePacket.objects.get()
    assert (row.sessions, row.made_at, row.why) == (1, NOW, "")
    told = AuditEntry.objects.get(action="downtime.packet_made").body
    assert f"[{session.pk}]" in told
    assert patient.last_name not in told
    assert OPENS not in " ".join(AuditEntry.objects.values_list("body", flat=True)) + str(bytes(kit.sealed))
    assert not make_packet(cast.riverside, kind="today", day=TODAY, now=NOW) or DowntimePacket.objects.count() == 1


def test_the_worker_makes_what_is_due_and_old_ones_go(cast: Cast, kit: DowntimeKit, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(folder, "vigil-2026-01-01-today.pdf", b"old")
    monkeypatch.setattr("reports.tasks.clock.now", lambda: NOW)
    assert [kind for kind, _ in due_kinds(cast.riverside, NOW)] == ["today"]
    assert tasks.make_packets() == 1
    assert tasks.make_packets() == 0
    monkeypatch.setattr("reports.tasks.clock.now", lambda: SIX_PM)
    assert tasks.make_packets() == 1
    assert {path.name[-9:] for path in folder.iterdir()} == {"today.pdf", "-plan.pdf"}
    assert "Nobody is booked" in text_of(folder / DowntimePacket.objects.get(kind="plan").file_name)
    assert [one.is_late for one in standings(NOW + H, [cast.riverside])] == [False, False]
    assert standings(NOW + 3 * H, [cast.riverside])[0].is_late


def test_a_failure_is_told_and_tried_again(cast: Cast, kit: DowntimeKit, folder: Path, settings: Any) -> None:
    folder.parent.mkdir()
    folder.write_text("a file where the folder should be")
    assert not make_packet(cast.riverside, kind="today", day=TODAY, now=NOW)
    assert "can't be written" in DowntimePacket.objects.get().why
    assert due_kinds(cast.riverside, NOW + timedelta(minutes=1)) == []
    folder.unlink()
    settings.SECRET_KEY = "another-one-altogether"
    assert not make_packet(cast.riverside, kind="today", day=TODAY, now=NOW + H)
    assert "Set it again" in DowntimePacket.objects.get().why
    settings.SECRET_KEY_FALLBACKS = ["for-demonstrations-and-tests-alone"]
    assert make_packet(cast.riverside, kind="today", day=TODAY, now=NOW + 2 * H)


def test_what_is_sealed_for_one_place_opens_at_no_other() -> None:
    box = sealed.sealed("word", place="downtime:1")
    assert sealed.opened(box, place="downtime:1") == "word"
    assert sealed.opened(box, place="downtime:2") is None


def test_the_page_sets_the_passphrase_and_tells_the_age(client: Client, cast: Cast, folder: Path) -> None:
    address = reverse("downtime", args=["riverside"])
    client.force_login(cast.admin)
    assert "No packet is made yet" in client.get(address).text
    refused = client.post(address, {"passphrase": "short", "again": "short"})
    assert (refused.status_code, DowntimeKit.objects.count()) == (422, 0)
    assert client.post(address, {"passphrase": OPENS, "again": "other"}).status_code == 422
    assert client.post(address, {"passphrase": OPENS, "again": OPENS}).status_code == 303
    shown = client.get(address).text
    assert OPENS not in shown
    assert "Ada Admin" in shown
    client.force_login(cast.nurse)
    assert client.get(address).status_code == 403
    client.force_login(cast.stranger)
    assert client.post(address, {"passphrase": OPENS, "again": OPENS}).status_code == 404
    client.logout()
    assert client.get(address).status_code == 302
    assert io.BytesIO(bytes(DowntimeKit.objects.get().sealed)).read(4)
