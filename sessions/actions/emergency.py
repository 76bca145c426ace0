"""Press, place, step, end, tell: an emergency as it is lived; nothing of it is ever refused but an impossible end (MON-5)."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID, uuid4

from django.db import transaction

from clinic import audit
from clinic.actions.notices import raise_notice, resolve_notices
from clinic.facts import RecordedVia
from clinic.findings import Refused, refuse
from clinic.models import Chair, Screen, Site, User
from sessions.actions.facts import out_of_date
from sessions.models import Emergency, EmergencyEntry, TreatmentSession
from sessions.queries.emergency import UNTOLD
from sessions.rules.emergency import end_findings, is_same_press, is_told

Kind = EmergencyEntry.Kind


@transaction.atomic
def press(
    site: Site, *, session: TreatmentSession | None, client_key: UUID, by: User | None, now: datetime, screen: Screen | None = None
) -> Emergency:
    """Stamp the time, whatever else is known (MON-5). A press that repeats has one effect: by its key, or within a minute; never refused.

    Without a person it came from a locked page: `screen` is the enrolled tablet that it was, if it was one.
    """
    Site.objects.select_for_update().only("pk").get(pk=site.pk)
    earlier = Emergency.objects.filter(client_key=client_key).first()
    if earlier is not None and earlier.site_id == site.pk:
        return earlier
    if standing := same_again(site, session, by, now):
        return standing
    made = Emergency.objects.create(
        site=site, session=session, patient_id=session.patient_id if session else None, chair_id=session.chair_id if session else None,
        pressed_at=now, recorded_at=now, recorded_by=by,
        recorded_via=RecordedVia.PERSON if by is not None else RecordedVia.SCREEN, client_key=uuid4() if earlier else client_key,
    )  # fmt: skip
    audit.record(
        action="emergency.pressed", target=made, by=by, now=now, site=site, patient_pk=made.patient_id,
        changes={"session": made.session_id or 0, **({"screen": screen.pk} if screen is not None else {})},
    )  # fmt: skip
    return made


def same_again(site: Site, session: TreatmentSession | None, by: User | None, now: datetime) -> Emergency | None:
    """The open emergency that this press means: the session's own, or the same person's for no session a moment ago."""
    still = Emergency.objects.filter(site=site, ended_at__isnull=True, session=session).order_by("-pressed_at", "-pk")
    if session is not None:
        return still.first()
    last = still.filter(recorded_by=by).first()
    return last if last is not None and is_same_press(pressed_at=last.pressed_at, now=now) else None


def locked(emergency: Emergency) -> Emergency:
    return Emergency.objects.select_for_update(of=("self",)).select_related("site").get(pk=emergency.pk)


@transaction.atomic
def set_place(emergency: Emergency, *, session: TreatmentSession | None, chair: Chair | None, place: str, by: User, now: datetime) -> Emergency:
    """Say whose emergency it is: a session (its patient and chair come with it), an empty chair, or a place in words."""
    row = locked(emergency)
    was, left = row.patient_id, {"left_session": row.session_id or 0}
    row.session, row.place = session, place.strip()
    row.patient_id = session.patient_id if session else None
    row.chair_id = session.chair_id if session else (chair.pk if chair else None)
    row.save(update_fields=["session", "patient", "chair", "place"])
    if was not in (None, row.patient_id):  # so that the one whose it isn't has it in their record as well
        audit.record(action="emergency.placed", target=row, by=by, now=now, site=row.site, patient_pk=was, changes=left)
    changes = {"session": row.session_id or 0, "chair": row.chair_id or 0}
    audit.record(action="emergency.placed", target=row, by=by, now=now, site=row.site, patient_pk=row.patient_id, changes=changes)
    return row


@transaction.atomic
def record_entry(
    emergency: Emergency, *, kind: str, text: str = "", observed_at: datetime, client_key: UUID, by: User, now: datetime
) -> EmergencyEntry:
    """What was done, or is told of it. A step is stamped once: a second tap, or the same key, finds the first (MON-7)."""
    row = locked(emergency)
    same = EmergencyEntry.objects.filter(client_key=client_key).first()
    if same is not None and same.emergency_id != row.pk:
        raise out_of_date()
    if same is None and not text:
        same = EmergencyEntry.objects.standing().filter(emergency=row, kind=kind, text="").first()
    if same is not None:
        return same
    if kind in (Kind.MEASURE, Kind.WHAT, Kind.CAME) and not text.strip():
        raise refuse("MON-5", "Say what it was.", code="MON-5.text", field="text")
    if observed_at > now:
        raise refuse("MON-5", "That time hasn't come yet.", code="MON-5.future", field="observed_at")
    made = EmergencyEntry.objects.create(
        site=row.site, emergency=row, kind=kind, text=text.strip(), observed_at=observed_at, recorded_at=now, recorded_by=by, client_key=client_key
    )
    audit.record(
        action="emergency.noted", target=row, by=by, now=now, site=row.site, patient_pk=row.patient_id, changes={"entry": made.pk, "kind": kind}
    )
    return made


@transaction.atomic
def end(emergency: Emergency, *, outcome: str, reason: str, ended_at: datetime, by: User, now: datetime) -> Emergency:
    """It is over: loud no longer. Ending twice keeps the first end. Raises Refused for an impossible time or a missing reason."""
    row = locked(emergency)
    if row.ended_at is not None:
        return row
    if found := end_findings(outcome=outcome, reason=reason, ended_at=ended_at, pressed_at=row.pressed_at, now=now):
        raise Refused(found)
    row.ended_at, row.ended_by, row.outcome, row.outcome_reason = max(ended_at, row.pressed_at), by, outcome, reason.strip()
    row.save(update_fields=["ended_at", "ended_by", "outcome", "outcome_reason"])
    audit.record(
        action="emergency.ended",
        target=row,
        by=by,
        now=now,
        site=row.site,
        patient_pk=row.patient_id,
        changes={"outcome": outcome, "ended_at": row.ended_at},
    )
    if not is_told(outcome=outcome, kinds=EmergencyEntry.objects.standing().filter(emergency=row).values_list("kind", flat=True)):
        raise_notice(row.site, UNTOLD, "MON-5", row, "An emergency is over: nobody has told yet what happened.", now)
    return row


@transaction.atomic
def tell(emergency: Emergency, *, told: Mapping[str, str], client_key: UUID, by: User, now: datetime) -> list[EmergencyEntry]:
    """The details afterwards: what happened, what was done, who came; whatever is told now, the rest may follow. Told twice, kept once."""
    row = locked(emergency)
    same = EmergencyEntry.objects.filter(client_key=client_key).first()
    if same is not None and same.emergency_id != row.pk:
        raise out_of_date()
    if same is not None:
        return []
    words = {kind: text.strip() for kind, text in told.items() if text.strip()}
    if not words:
        raise refuse("MON-5", "Nothing is told yet.", code="MON-5.told", field="what")
    if Kind.WHAT in words:
        resolve_notices(row.site, UNTOLD, row, "Told.", now)
    keys = [client_key, *(uuid4() for _ in words)]
    at = min(row.ended_at or now, now)
    return [
        record_entry(row, kind=kind, text=text, observed_at=at, client_key=key, by=by, now=now)
        for (kind, text), key in zip(words.items(), keys, strict=False)
    ]
