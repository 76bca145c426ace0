"""Anchors: the head of every chain leaves the house signed each day, so that a chain rebuilt from the ground up is seen."""

import io
import smtplib
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core import mail
from django.core.management import CommandError, call_command

from clinic import anchor_keys, audit, guards
from clinic.actions import anchoring
from clinic.models import AnchorDelivery, AnchorRound, AuditEntry, AuditHead
from clinic.queries import open_notices
from clinic.queries.anchors import ANCHOR_LATE, anchored_places
from clinic.rules.anchoring import is_late, missing_rounds, read_line
from desk.queries.tasks import task_rows
from tests.cast import NOW, Cast
from tests.clinic.test_audit import acts

DAY = timedelta(days=1)
NONE = {"made": 0, "delivered": 0, "owed": 0}


@pytest.fixture
def outside(settings: Any, tmp_path: Path) -> Iterator[Path]:
    settings.VIGIL_ANCHOR_KEY_FILE = tmp_path / "anchor.key"
    settings.VIGIL_ANCHOR_TO = [(tmp_path / "anchors.txt").as_uri()]
    yield tmp_path / "anchors.txt"


def verify(outside: Path, **options: Any) -> str:
    said = io.StringIO()
    try:
        call_command("verify_audit", anchors=str(outside), stdout=said, **options)
    except CommandError as error:
        said.write(f"FAILED {error}")
    return said.getvalue()


def rebuilt(site: Any) -> None:
    """What nobody can see from within: another history, whole in itself, head and all."""
    name, entries = f"site:{site.pk}", AuditEntry.objects.filter(chain=f"site:{site.pk}")
    with guards.lifted():
        entries.delete()
        AuditHead.objects.filter(pk=name).delete()
        audit.append_many([*acts(3), *acts(9)[4:], *acts(4)], site=site)


def test_a_chain_rebuilt_from_the_ground_up_is_found_by_its_anchors(cast: Cast, outside: Path) -> None:
    audit.append_many(acts(3), site=cast.riverside)
    audit.append_many(acts(2), site=cast.hillcrest)
    assert anchoring.anchor(now=NOW) == {"made": 1, "delivered": 1, "owed": 0}
    assert anchoring.anchor(now=NOW + timedelta(hours=1)) == NONE
    audit.append_many(acts(7)[3:], site=cast.riverside)
    assert anchoring.anchor(now=NOW + DAY)["made"] == 1
    assert "4 lines hold, the newest of 2026-06-11 14:00 UTC, round 2" in verify(outside)
    assert "all hold" in verify(outside)
    rebuilt(cast.riverside)
    call_command("verify_audit", stdout=io.StringIO())  # by itself the forged chain is whole
    said = verify(outside)
    assert f"site:{cast.riverside.pk}: BROKEN at entry 4: entry 7 was anchored on 2026-06-11 in round 2, and another entry stands" in said
    assert "FAILED The audit trail is broken in 1 of 2 chains." in said


def test_a_chain_that_is_gone_or_shorter_than_its_anchor_is_found(cast: Cast, outside: Path) -> None:
    audit.append_many(acts(5), site=cast.riverside)
    anchoring.anchor(now=NOW)
    with guards.lifted():
        AuditEntry.objects.all().delete()
        AuditHead.objects.all().delete()
    said = verify(outside)
    assert f"site:{cast.riverside.pk}: BROKEN at entry 1: entry 5 was anchored on 2026-06-10 in round 1, and the chain ends before it" in said


def test_only_lines_of_the_right_key_count_and_every_byte_of_them(cast: Cast, outside: Path, settings: Any) -> None:
    audit.append_many(acts(5), site=cast.riverside)
    anchoring.anchor(now=NOW)
    public, text = anchor_keys.signing_key().public.text, outside.read_text()
    mine = text.splitlines()[1]
    for place in range(len("vigil-anchor "), len(mine), 7):
        outside.write_text(mine[:place] + ("x" if mine[place] != "x" else "y") + mine[place + 1 :])
        assert "FAILED 2 lines" in verify(outside), mine[place:]
    outside.write_text(f"> Hello,\n> {mine}\n")
    assert "all hold" in verify(outside, key=[public])
    settings.VIGIL_ANCHOR_KEY_FILE = outside.parent / "another.key"
    assert "line 2 is signed by another key" in verify(outside)
    assert "all hold" in verify(outside, key=[anchor_keys.signing_key().public.text, public])
    assert "no public key" in verify(outside, key=["vigil-ed25519:x"])
    assert "can't be read" in verify(outside.parent / "nowhere")


def test_what_a_file_lacks_is_said(cast: Cast, outside: Path) -> None:
    audit.append_many(acts(2), site=cast.riverside)
    for days in range(3):
        anchoring.anchor(now=NOW + days * DAY)
    audit.append_many(acts(1), site=cast.hillcrest)
    lines = outside.read_text().splitlines()
    outside.write_text("\n".join([lines[1], lines[3]]))
    said = verify(outside)
    assert "round 2 is not in the file" in said
    assert f"site:{cast.hillcrest.pk} was never anchored in this file" in said
    assert "all hold" in said


def test_a_place_that_takes_nothing_is_late_until_it_does(cast: Cast, outside: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    audit.append_many(acts(2), site=cast.riverside)
    settings.VIGIL_ANCHOR_TO = [*settings.VIGIL_ANCHOR_TO, "mailto:keeper@outside.example"]
    send = anchoring.carry.__globals__["send_mail"]

    def away(*args: object) -> int:
        raise smtplib.SMTPServerDisconnected

    monkeypatch.setitem(anchoring.carry.__globals__, "send_mail", away)
    assert anchoring.anchor(now=NOW) == {"made": 1, "delivered": 1, "owed": 1}
    assert [(place.words, place.number, place.is_late) for place in anchored_places(NOW + timedelta(hours=27))] == [
        ("anchors.txt", 1, True), ("keeper@outside.example", None, True)
    ]  # fmt: skip
    for hours in (27, 28):
        anchoring.anchor(now=NOW + timedelta(hours=hours))
    (task,) = open_notices(cast.riverside, ANCHOR_LATE)
    assert task.text == "The audit trail's daily anchor has not arrived at keeper@outside.example. Tell the operator."
    assert [(row["patient"], row["url"]) for row in task_rows(cast.riverside, NOW, "administrator")] == [("Audit trail", "/riverside/audit/")]
    assert [row["url"] for row in task_rows(cast.riverside, NOW, "monitor")] == [""]
    monkeypatch.setitem(anchoring.carry.__globals__, "send_mail", send)
    assert anchoring.anchor(now=NOW + timedelta(hours=29)) == {"made": 0, "delivered": 2, "owed": 0}
    assert [place.is_late for place in anchored_places(NOW + DAY)] == [False, False]
    assert not open_notices(cast.riverside, ANCHOR_LATE).exists()
    assert AnchorRound.objects.first().lines in mail.outbox[1].body  # type: ignore[union-attr]
    assert outside.read_text().count("vigil-ed25519:") == 1
    assert AnchorDelivery.objects.count() == 4


def test_without_place_chain_or_key_nothing_is_made(cast: Cast, outside: Path, settings: Any, caplog: pytest.LogCaptureFixture) -> None:
    assert anchoring.anchor(now=NOW) == NONE
    audit.append_many(acts(2), site=cast.riverside)
    settings.IS_PRODUCTION, settings.VIGIL_ANCHOR_KEY_FILE = True, outside.parent / "folder" / "own.key"
    assert anchoring.anchor(now=NOW) == {**NONE, "owed": 1}
    assert "anchor_key --make" in caplog.text
    said = io.StringIO()
    call_command("anchor_key", make=True, stdout=said)
    call_command("anchor_key", stdout=said)
    assert len(set(said.getvalue().split())) == 1
    assert settings.VIGIL_ANCHOR_KEY_FILE.stat().st_mode & 0o777 == 0o600
    with pytest.raises(CommandError, match="is there already"):
        call_command("anchor_key", make=True)
    settings.VIGIL_ANCHOR_KEY_FILE.write_text("nonsense")
    with pytest.raises(CommandError, match="holds no key"):
        call_command("anchor_key")
    settings.VIGIL_ANCHOR_TO = []
    assert anchoring.anchor(now=NOW) == NONE
    assert anchored_places(NOW) == []


def test_a_new_key_takes_over_and_both_are_believed(cast: Cast, outside: Path) -> None:
    audit.append_many(acts(2), site=cast.riverside)
    anchoring.anchor(now=NOW)
    old, said = anchor_keys.signing_key().public, io.StringIO()
    call_command("anchor_key", renew=True, stdout=said)
    new = anchor_keys.signing_key().public
    printed, told = said.getvalue().splitlines()
    assert (printed, new.name != old.name, anchor_keys.key_file().stat().st_mode & 0o777) == (new.text, True, 0o600)
    claim, _, signature = told.removeprefix("# ").rpartition(" ")
    assert claim == f"vigil-anchor-key {new.text} after {old.text}"
    assert old.holds(claim, signature)
    anchoring.anchor(now=NOW + DAY)
    assert "2 lines hold" in verify(outside)
    assert "2 lines hold" in verify(outside, key=[new.text, old.text])
    assert f"line 2 is signed by another key, {old.name}" in verify(outside, key=[new.text])


def test_the_rules() -> None:
    assert [is_late(None, None, NOW), is_late(None, NOW, NOW), is_late(None, NOW - 2 * DAY, NOW), is_late(NOW - DAY, NOW - 9 * DAY, NOW)] == [
        False,
        False,
        True,
        False,
    ]
    assert (missing_rounds([]), missing_rounds([3, 7, 5])) == ([], [4, 6])
    line = f"vigil-anchor 1 1 {{}} house 1 {'0' * 64} {'0' * 16} {'A' * 88}"
    assert read_line(line.format("2026-06-10T14:00:00+00:00")) is not None
    assert read_line(line.format("2026-06-10T99:00:00+00:00")) is None
    assert read_line("vigil-anchor 2") is None


def test_the_audit_page_says_how_the_anchoring_stands(cast: Cast, outside: Path, settings: Any, sign_in: Any) -> None:
    client = sign_in(cast.auditor)
    audit.append_many(acts(1), site=cast.riverside)
    anchoring.anchor(now=NOW)
    assert "Anchored 10 Jun 2026" in client.get("/riverside/audit/").text
    settings.VIGIL_ANCHOR_TO = ["https://keeper.example/secret-token"]
    page = client.get("/riverside/audit/").text
    assert "The first anchor is made today: https://keeper.example/…" in page
    assert "secret-token" not in page
    settings.VIGIL_ANCHOR_TO = []
    assert "anchored nowhere outside" in client.get("/riverside/audit/").text
