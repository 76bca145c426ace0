"""The ledger of what patients agreed to about messages: every change of the answer is a row of its own (MSG-1, MSG-2)."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from clinic import audit
from clinic.facts import RecordedVia
from clinic.models import User
from patients.actions.writing import locked
from patients.models import MessageConsent, Patient
from patients.models.messaging import TextConsent
from patients.rules.agreements import AGREEMENTS

How = MessageConsent.How
Channel, Answer = MessageConsent.Channel, MessageConsent.Answer
# Where somebody of the clinic read the words out, or had them signed.
ASKED = (How.CHART, How.PAPER)
# The patient's field that holds each channel's newest answer.
CHANNELS = {"may_email": Channel.EMAIL, "text_consent": Channel.TEXT}


def answers_of(patient: Patient, *, how: str, by: User | None, now: datetime, channels: Collection[str] = CHANNELS) -> list[MessageConsent]:
    """Unsaved rows of the ledger for what the patient's fields say."""
    said = {"may_email": Answer.EXPRESS if patient.may_email else Answer.NO, "text_consent": text_answer(patient.text_consent)}
    via = RecordedVia.PERSON if by is not None else RecordedVia.LINK
    return [
        MessageConsent(
            site_id=patient.site_id, patient=patient, channel=CHANNELS[name], answer=said[name], how=how,
            wording=AGREEMENTS[-1].version if how in ASKED and said[name] == Answer.EXPRESS else "", observed_at=now, recorded_at=now, recorded_by=by, recorded_via=via,
        )
        for name in channels
    ]  # fmt: skip


def text_answer(consent: str) -> str:
    return {TextConsent.GIVEN: Answer.GIVEN, TextConsent.EXPRESS: Answer.EXPRESS}.get(TextConsent(consent), Answer.NO)


def keep_answers(patient: Patient, *, changed: Collection[str], by: User | None, now: datetime, how: str = How.CHART) -> None:
    """Write the answers whose fields are among the changed ones, inside the act that changed them."""
    for row in answers_of(patient, how=how, by=by, now=now, channels=[name for name in CHANNELS if name in changed]):
        row.save(force_insert=True)


@transaction.atomic
def answer_texts(patient: Patient, *, answer: str, how: str, now: datetime, by: User | None = None) -> bool:
    """What the patient said themselves about texts: STOP, START, or by their link (MSG-2). Whether it changed anything; said twice it is kept once."""
    row = locked(patient)
    if row.text_consent == answer:
        return False
    row.text_consent = answer
    row.save(update_fields=["text_consent"])
    keep_answers(row, changed=["text_consent"], by=by, now=now, how=how)
    audit.record(
        action="patient.texts_answered", target=row, by=by, now=now, site=row.site, patient_pk=row.pk, changes={"answer": answer, "how": how}
    )
    return True
