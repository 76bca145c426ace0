"""What yesterday left open is ended, as the staff would: nobody sits in a chair overnight."""

from contextlib import suppress
from datetime import datetime, timedelta
from uuid import uuid4

from clinic.findings import Refused
from desk.demo.steps import Floor, Part
from sessions.actions import arrival, booking, dosing
from sessions.models import TreatmentSession
from sessions.states import Status


def tidy(floor: Floor, *, now: datetime) -> None:
    """End every session of an earlier visit that is still open or was never begun."""
    rows = TreatmentSession.objects.filter(
        site=floor.site, ends_at__lt=now, status__in=(Status.BOOKED, Status.ARRIVED, Status.WAITING, Status.CLEARED, Status.DOSING, Status.MONITORING)
    )
    for session in rows.select_related("patient", "site", "chair"):
        part = Part(floor, session.patient, room=session.chair.position)
        part.session = session
        with suppress(Refused):
            end(part, session, now=now)


def end(part: Part, session: TreatmentSession, *, now: datetime) -> None:
    if session.status == Status.BOOKED:
        booking.mark_missed(session, reason="Didn't come", by=part.by, now=now)
    elif session.status in (Status.ARRIVED, Status.WAITING, Status.CLEARED):
        arrival.hold(session, reason="Went home without a dose", by=part.by, now=now)
    else:
        if session.status == Status.DOSING:
            dosing.stop_dosing(session, reason="No further device was given", client_key=uuid4(), by=part.by, now=now)
        part.check(now - timedelta(minutes=3), 122, 78)
        part.ready(now - timedelta(minutes=1))
        part.discharge(now)
