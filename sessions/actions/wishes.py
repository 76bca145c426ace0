"""What the desk does about a patient's words: grant or decline a wish for another time, settle a red answer."""

from datetime import datetime

from django.db import transaction

from clinic import audit
from clinic.actions.notices import resolve_notices
from clinic.findings import refuse
from clinic.models import User
from sessions.actions.booking import Wish, lock_slot, move_visit
from sessions.actions.life import locked
from sessions.models import MoveWish, TreatmentSession
from sessions.queries.by_patient import MOVE_WISH, RED_ANSWER
from sessions.states import Status


def open_wish(wish: MoveWish, session: TreatmentSession) -> MoveWish:
    """The wish, locked after its visit. Raises Refused when it was answered, or is of a slot that the visit has left."""
    row = MoveWish.objects.select_for_update(of=("self",)).get(pk=wish.pk)
    if session.status != Status.BOOKED or session.slot_version != row.slot_version:
        raise refuse("SESSION", "The visit has changed since the patient asked: this wish is about a slot that it has left.", code="wish.old")
    if row.answer != MoveWish.Answer.OPEN:
        raise refuse("SESSION", f"This wish was answered already: {row.get_answer_display().lower()}.", code="wish.answered")
    return row


def close_wish(wish: MoveWish, asked: Wish, *, by: User | None, now: datetime) -> None:
    """Grant a wish before its visit moves; locks chairs, patient, visit and wish in that order, as a move does."""
    lock_slot(asked, wish.session.chair_id)
    answer(open_wish(wish, locked(wish.session)), MoveWish.Answer.ACCEPTED, "", by=by, now=now)


@transaction.atomic
def accept_wish(wish: MoveWish, *, by: User, now: datetime) -> TreatmentSession:
    """Move the visit as the patient asked, by the same act and rules as any move. Raises Refused as moving does, and for an old slot."""
    session = wish.session
    asked = Wish(patient=session.patient, chair=wish.chair, starts_at=wish.starts_at, dose_mg=session.planned_dose_mg)
    close_wish(wish, asked, by=by, now=now)
    moved = move_visit(session, asked, seen_version=session.schedule_version, by=by, now=now)
    record("wish.accepted", moved, by=by, now=now)
    return moved


@transaction.atomic
def decline_wish(wish: MoveWish, *, words: str, by: User, now: datetime) -> MoveWish:
    """Say no, with a word that the patient reads behind their link."""
    if not words.strip():
        raise refuse("SESSION", "Say a word to the patient.", code="wish.words", field="words")
    session = locked(wish.session)
    row = open_wish(wish, session)
    answer(row, MoveWish.Answer.DECLINED, words.strip()[:200], by=by, now=now)
    resolve_notices(session.site, MOVE_WISH, session, "The wish is answered.", now)
    record("wish.declined", session, by=by, now=now)
    return row


def answer(wish: MoveWish, how: str, words: str, *, by: User | None, now: datetime) -> None:
    wish.answer, wish.words, wish.answered_at, wish.answered_by = how, words, now, by
    wish.save(update_fields=["answer", "words", "answered_at", "answered_by"])


@transaction.atomic
def settle_answer(session: TreatmentSession, *, words: str, by: User, now: datetime) -> None:
    """Somebody has looked at a red answer and says what was agreed. Twice has the effect of once."""
    if not words.strip():
        raise refuse("PRE-1", "Say what was agreed.", code="preparation.words", field="reason")
    row = locked(session)
    if resolve_notices(row.site, RED_ANSWER, row, words.strip()[:120], now):
        record("preparation.settled", row, by=by, now=now)


def record(action: str, row: TreatmentSession, *, by: User, now: datetime) -> None:
    audit.record(action=action, target=row, by=by, now=now, site=row.site, patient_pk=row.patient_id)
