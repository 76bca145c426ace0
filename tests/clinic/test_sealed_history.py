"""Words about a patient that are appended: sealed by the key of their day, compared with charts by marks, and opened nowhere else (docs/adr/0033)."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.test import Client
from pytest_django import Settings

from clinic import guards
from clinic.cells import BYTES_PREFIX, PREFIX, DoesNotOpen
from clinic.fields import Bound
from clinic.models import Attachment, Signature, Site
from clinic.resealing import history, is_history, standing
from clinic.signatures import broken, is_intact
from patients.models import Patient
from patients.queries import by_name, found_patients, patients_of
from reminders.actions.returns import report_delivery
from reminders.actions.send import send_due
from reminders.actions.sweep import sweep
from reminders.models import InboundText, OutboxMessage, Undeliverable
from reminders.queries.inbound import has_stopped
from reminders.queries.unreachable import unreachable
from reminders.rules.returns import twilio_report
from sessions.actions import handover as acts
from sessions.models import Addendum, Observation, TreatmentSession
from sessions.states import Status
from tests.cast import NOW, TODAY, Cast
from tests.factories.changing import change
from tests.factories.patients import PatientFactory
from tests.factories.sessions import ObservationFactory, at_state
from tests.patients.sealing import A, B, put, raw
from tests.reminders.test_inbound import NUMBER, phones, visit
from tests.sessions.test_signatures_forged import signed
from tests.support.texting import Phones, text_in

__all__ = ["phones", "visit"]
pytestmark = pytest.mark.django_db
OTHER = "+15185550124"
NOTE = "gribble told of voices"


@pytest.fixture(autouse=True)
def keys(settings: Settings) -> Settings:
    settings.VIGIL_FIELD_KEYS = [A]
    return settings


def noted(cast: Cast, **fields: Any) -> Observation:
    session = at_state(Status.MONITORING, cast, first_device_at=NOW - timedelta(minutes=30))
    made: Observation = ObservationFactory(session=session, note=NOTE, observed_at=NOW, recorded_at=NOW, **fields)
    return made


def test_a_note_reads_as_it_was_written_and_stands_sealed(cast: Cast, sign_in: Any) -> None:
    check = noted(cast)
    assert raw("note", check.pk, Observation._meta.db_table).startswith(f"{PREFIX}a:")
    assert NOTE in sign_in(cast.nurse).get(f"/riverside/sessions/{check.session_id}/record/").content.decode()


def test_a_cell_of_history_opens_in_its_own_row_alone(cast: Cast) -> None:
    mine, other = noted(cast), noted(cast, client_key=uuid4())
    with guards.lifted():
        put("note", mine.pk, raw("note", other.pk, Observation._meta.db_table), Observation._meta.db_table)
    with pytest.raises(DoesNotOpen, match="changed or moved here"):
        _ = Observation.objects.get(pk=mine.pk).note


def test_rotation_leaves_history_and_the_key_of_its_day_must_stay(cast: Cast, keys: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    check = noted(cast)
    keys.VIGIL_FIELD_KEYS = [B, A]
    call_command("rotate_fields")
    told = capsys.readouterr().out
    assert "by the key a of history, which stays as it is" in told
    assert "cells by the key b\n" in told
    assert {key for key, count in standing().items() if count} == {"b"}
    assert {key for key, count in standing(history()).items() if count} == {"a"}
    later = noted(cast, client_key=uuid4())
    assert raw("note", later.pk, Observation._meta.db_table).startswith(f"{PREFIX}b:")
    assert {Observation.objects.get(pk=one.pk).note for one in (check, later)} == {NOTE}
    keys.VIGIL_FIELD_KEYS = [B]
    with pytest.raises((CommandError, SystemExit), match=r"cells are sealed by keys that VIGIL_FIELD_KEYS doesn't name|E002"):
        call_command("check", databases=["default"])


def test_a_signature_over_words_that_open_no_more_is_told_and_the_others_are_read(cast: Cast) -> None:
    whole, hurt = signed(cast), signed(cast)
    mine = Signature.objects.filter(target_kind="discharge")
    assert list(broken(mine)) == []
    check = hurt.session.observations.last()
    with guards.lifted():
        put("note", check.pk, f"{PREFIX}a:AAAA", Observation._meta.db_table)
    assert [(one.signature.target_pk, one.reason) for one in broken(mine)] == [(hurt.pk, "what was signed can't be read any more")]
    assert {one.target_pk for one in mine if is_intact(one)} == {whole.pk}


def test_a_stop_counts_by_whichever_key_it_came(visit: TreatmentSession, phones: Phones, client: Client, keys: Settings) -> None:
    """The number that texted is found in its chart, and its STOP after a change of the key and in clear again."""
    assert text_in(client, id="m1", body="Stop!", at=NOW).status_code == 204
    text = InboundText.objects.get()
    assert raw("number", text.pk, InboundText._meta.db_table).startswith(PREFIX)
    assert [sender.patient_id for sender in text.senders.all()] == [visit.patient_id]
    for ring in ([A], [B, A], [("plain", b""), B, A]):
        keys.VIGIL_FIELD_KEYS = ring
        assert has_stopped(visit.site_id, NUMBER), ring
        assert not has_stopped(visit.site_id, OTHER), ring


def test_a_dead_number_is_given_up_until_the_chart_has_another(visit: TreatmentSession, phones: Phones, keys: Settings) -> None:
    sweep(now=NOW)
    send_due(now=NOW + timedelta(hours=1))
    message = OutboxMessage.objects.filter(channel="text").first()
    assert message is not None
    change(OutboxMessage.objects.filter(pk=message.pk), status="sent", sent_at=NOW, provider="twilio", withdrawal="", why="", lease_until=None)
    assert report_delivery(message.key, twilio_report("undelivered", "30005"), now=NOW, provider="twilio")
    kept = Undeliverable.objects.get()
    assert (kept.address, raw("address", kept.pk, Undeliverable._meta.db_table)[: len(PREFIX)]) == (NUMBER, PREFIX)
    for ring in ([A], [B, A]):
        keys.VIGIL_FIELD_KEYS = ring
        call_command("rotate_fields", verbosity=0)
        assert [one.pk for one in unreachable(visit.site)] == [kept.pk], ring
    change(Patient.objects.filter(pk=visit.patient_id), phone=OTHER)
    assert not unreachable(visit.site).exists()


def test_a_list_is_in_order_of_names_and_found_with_a_slip(cast: Cast) -> None:
    for first, last in (("Zoe", "Adler"), ("Amber", "Zander"), ("Émile", "Brandt")):
        PatientFactory(site=cast.riverside, created_by=cast.desk, first_name=first, last_name=last, name_folded=f"{last}, {first}".lower())
    keys = by_name(patients_of(cast.riverside))
    assert [Patient.objects.get(pk=pk).last_name for pk in keys] == ["Adler", "Brandt", "Zander"]
    (found,) = found_patients(patients_of(cast.riverside), "zandre", TODAY)
    assert Patient.objects.get(pk=found).last_name == "Zander"


def test_an_offers_note_is_read_at_the_board(cast: Cast, sign_in: Any) -> None:
    chair = at_state(Status.MONITORING, cast, first_device_at=NOW - timedelta(minutes=30))
    TreatmentSession.objects.filter(pk=chair.pk).update(monitor=cast.nurse)
    acts.offer_chairs(cast.of(cast.nurse), to=cast.of(cast.second_nurse), minutes=None, note=NOTE, client_key=uuid4(), by=cast.nurse, now=NOW)
    page = sign_in(cast.second_nurse).get("/riverside/").content.decode()
    assert NOTE in page
    assert PREFIX not in page


def test_a_file_is_sealed_whole(cast: Cast, keys: Settings) -> None:
    made = Attachment.objects.create(
        site=cast.riverside, target_kind="treatmentsession", target_pk=1, file_name="gribble.pdf", content_type="application/pdf", size=9,
        sha256="0" * 64, content=b"%PDF-1.7\n", recorded_at=NOW, recorded_by=cast.nurse,
    )  # fmt: skip
    row = Attachment.objects.get(pk=made.pk)
    assert (row.content, row.file_name) == (b"%PDF-1.7\n", "gribble.pdf")
    stored = Attachment.objects.filter(pk=made.pk).values_list("content", flat=True)[0]
    assert bytes(stored).startswith(BYTES_PREFIX)
    keys.VIGIL_FIELD_KEYS = [B]
    with pytest.raises(DoesNotOpen):
        _ = Attachment.objects.get(pk=made.pk).content


@pytest.mark.engine_free
def test_every_kind_of_history_with_words_takes_part() -> None:
    bound = {model for model in apps.get_models() if is_history(model) and any(isinstance(field, Bound) for field in model._meta.concrete_fields)}
    assert {Addendum, Observation, InboundText, Attachment} <= bound
    assert set(history()) == bound
    assert Site not in bound
