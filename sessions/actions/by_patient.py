"""What a patient does by their own link, without signing in: prepare, cancel, ask for another time. A link of an old slot does nothing."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from clinic import audit
from clinic.actions.notices import raise_notice, resolve_notices
from clinic.facts import RecordedVia
from clinic.findings import refuse
from clinic.models import Chair
from clinic.queries import policy_on, today_at
from patients.actions.drivers import driver_by_link, may_be_named
from sessions.actions.booking import Wish, cancel, move_visit
from sessions.actions.facts import out_of_date, same_post
from sessions.actions.life import lock_patient, locked
from sessions.actions.wishes import close_wish
from sessions.models import MoveWish, Preparation, TreatmentSession
from sessions.queries.by_patient import MOVE_WISH, RED_ANSWER, offers_for
from sessions.rules import preparation as rules
from sessions.states import Status

CALL = "Call the patient: an answer of theirs needs a look before the visit."
ASKED = "The patient asks for another time."
REASONS = {"ill": "Ill", "ride": "No way home", "time": "The time doesn’t suit", "other": "Another reason"}


def standing(session: TreatmentSession, slot_version: int) -> TreatmentSession:
    """The visit, locked, if the link is of its present slot. Raises Refused when it was moved, given up or has begun."""
    row = locked(session)
    if row.status != Status.BOOKED or row.slot_version != slot_version:
        raise refuse("MSG-5", "This visit has changed since the message was sent.", code="visit.changed")
    return row


@transaction.atomic
def prepare(
    session: TreatmentSession, *, slot_version: int, answers: Mapping[str, str], ride_name: str = "", ride_phone: str = "",
    may_text_driver: bool = False, client_key: UUID, now: datetime,
) -> Preparation:  # fmt: skip
    """Keep one round of the patient's answers; a red one reaches the desk with it. Raises Refused for an old slot, or with questions left open.

    `may_text_driver`: who brings them home agreed to one text; they become a contact, whom the staff confirms at arrival.
    """
    lock_patient(session)
    row = standing(session, slot_version)
    if earlier := same_post(Preparation, client_key, row):
        return earlier
    kept = rules.kept_answers(answers)
    if rules.unanswered(kept):
        raise refuse("MSG-5", "Some questions have no answer yet.", code="preparation.open")
    is_named = may_text_driver and kept["ride"] == rules.SOMEONE and may_be_named(ride_name, ride_phone)
    driver = driver_by_link(row.patient, name=ride_name[:80], phone=ride_phone, now=now) if is_named else None
    made = Preparation.objects.create(
        site_id=row.site_id, session=row, slot_at=row.starts_at, schema=rules.SCHEMA, answers=kept, ride_name=ride_name.strip()[:80],
        ride_phone=ride_phone.strip()[:30], driver=driver, observed_at=now, recorded_at=now, recorded_via=RecordedVia.LINK, client_key=client_key,
    )  # fmt: skip
    red = rules.red_ids(kept)
    if red:
        raise_notice(row.site, RED_ANSWER, "PRE-1", row, CALL, now, due_at=rules.look_by(starts_at=row.starts_at, now=now))
    else:
        resolve_notices(row.site, RED_ANSWER, row, "The patient answered anew.", now)
    record("preparation.answered", row, now=now, changes={"answered": len(kept), "red": len(red)})
    return made


@transaction.atomic
def cancel_by_patient(session: TreatmentSession, *, slot_version: int, reason: str, now: datetime) -> None:
    """Give the visit up; where it owes a safety call, the call opens with it (MSG-7). Raises Refused for an old slot."""
    if reason not in REASONS:
        raise refuse("SESSION", "Say why.", code="reason", field="reason")
    row = standing(session, slot_version)
    cancel(row, reason=f"By the patient’s link: {REASONS[reason]}", by=None, now=now)


@transaction.atomic
def ask_to_move(session: TreatmentSession, *, slot_version: int, starts_at: datetime, client_key: UUID, now: datetime) -> MoveWish:
    """Keep a wish for one of the slots that can be had now; granted at once where the site's policy says so.

    Raises Refused for an old slot, for a time that isn't offered (any more), and while another wish waits.
    """
    lock_patient(session)
    row = standing(session, slot_version)
    earlier = MoveWish.objects.filter(client_key=client_key).first()
    if earlier is not None and earlier.session_id != row.pk:
        raise out_of_date()
    if earlier is not None:
        return earlier
    offer = next((one for one in offers_for(row, now=now) if one.slot.starts_at == starts_at), None)
    if offer is None:
        raise refuse("MSG-5", "That time is no longer free.", code="wish.taken", field="slot")
    try:
        with transaction.atomic():
            wish = MoveWish.objects.create(
                site_id=row.site_id, session=row, slot_version=slot_version, starts_at=starts_at, chair_id=offer.slot.chair_pk,
                client_key=client_key, asked_at=now,
            )  # fmt: skip
    except IntegrityError as error:
        raise refuse("MSG-5", "You have asked for another time already.", code="wish.open", field="slot") from error
    record("wish.asked", row, now=now, changes={"starts_at": starts_at})
    raise_notice(row.site, MOVE_WISH, "MSG-5", row, ASKED, now, due_at=rules.look_by(starts_at=row.starts_at, now=now))
    return wish


def grants_at_once(session: TreatmentSession, now: datetime) -> bool:
    """Whether the site grants a wish without the desk."""
    return policy_on(session.site, today_at(session.site, now)).moves_by_link


@transaction.atomic
def grant_at_once(wish: MoveWish, *, now: datetime) -> TreatmentSession:
    """Move the visit as the patient asked, nobody deciding. Raises Refused when the slot can't be had after all: then the wish stays for the desk."""
    session, chair = wish.session, Chair.objects.get(pk=wish.chair_id)
    asked = Wish(patient=session.patient, chair=chair, starts_at=wish.starts_at, dose_mg=session.planned_dose_mg)
    close_wish(wish, asked, by=None, now=now)
    moved = move_visit(session, asked, seen_version=session.schedule_version, by=None, now=now)
    record("wish.accepted", moved, now=now, changes={"by_policy": True})
    return moved


def record(action: str, row: TreatmentSession, *, now: datetime, changes: dict[str, object]) -> None:
    audit.record(action=action, target=row, by=None, now=now, site=row.site, patient_pk=row.patient_id, changes=changes)
