"""Free words about a patient that aren't history: sealed as they are written, read back, and moved to a newer key."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import call_command
from pytest_django import Settings

from clinic.cells import DoesNotOpen
from patients.actions import transfers
from patients.models import TransferOut
from sessions.actions.wishes import decline_wish
from sessions.models import Handover, MoveWish
from sessions.states import Status
from tests.cast import NOW, TODAY, Cast
from tests.factories.patients import ready_patient
from tests.factories.sessions import at_state
from tests.patients.sealing import A, B, put, raw

TOLD, OFF, WORD, NOTE = "Agent Gribble", "Gribble stays", "Gribble has no chair then", "Gribble likes it dark"
Sealed = list[tuple[Any, str, str]]


@pytest.fixture
def written(cast: Cast, settings: Settings) -> Sealed:
    """Each by its own act, where there is one: (row, column, words)."""
    settings.VIGIL_FIELD_KEYS = [A]
    visit = at_state(Status.BOOKED, cast)
    moves = [
        transfers.plan_move(
            patient, to_setting="Otherside", moves_on=TODAY + timedelta(days=7), owner=cast.nurse, client_key=uuid.uuid4(), by=cast.desk, now=NOW
        )
        for patient in (visit.patient, ready_patient(cast.riverside, cast.of(cast.prescriber)))
    ]
    transfers.tell_of_move(moves[0], told_at=NOW, told_by=cast.nurse, told_how="phone", told_note=TOLD, by=cast.desk, now=NOW)
    transfers.call_off_move(moves[1], reason=OFF, by=cast.desk, now=NOW)
    wish = MoveWish.objects.create(
        site=visit.site,
        session=visit,
        slot_version=visit.slot_version,
        starts_at=visit.starts_at,
        chair=visit.chair,
        client_key=uuid.uuid4(),
        asked_at=NOW,
    )
    decline_wish(wish, words=WORD, by=cast.desk, now=NOW)
    offer = Handover.objects.create(
        site=visit.site, kind="hand", to=cast.second_nurse, note=NOTE, offered_at=NOW, offered_by=cast.nurse, client_key=uuid.uuid4()
    )
    return [(moves[0], "told_note", TOLD), (moves[1], "cancel_reason", OFF), (wish, "words", WORD), (offer, "note", NOTE)]


def stored(row: Any, column: str) -> str:
    return raw(column, row.pk, row._meta.db_table)


@pytest.mark.django_db
def test_they_stand_sealed_and_read_as_they_were_written(written: Sealed, settings: Settings) -> None:
    for row, column, words in written:
        assert stored(row, column).startswith("sealed:1:a:"), column
        assert getattr(type(row).objects.get(pk=row.pk), column) == words
    settings.VIGIL_FIELD_KEYS = [B, A]
    call_command("rotate_fields")
    settings.VIGIL_FIELD_KEYS = [B]
    for row, column, words in written:
        assert stored(row, column).startswith("sealed:1:b:"), column
        assert getattr(type(row).objects.get(pk=row.pk), column) == words


@pytest.mark.django_db
def test_another_moves_words_open_nowhere_else(written: Sealed) -> None:
    (told, column, _), (off, reason, _) = written[:2]
    put(column, told.pk, stored(off, reason), told._meta.db_table)
    with pytest.raises(DoesNotOpen, match="changed or moved here"):
        _ = TransferOut.objects.get(pk=told.pk).told_note
