"""The part of the booking page that shows a day: what it holds by chair, and a few taps to what is free."""

from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest

from clinic.models import Site
from clinic.queries import today_at
from patients.models import Patient
from sessions.models import TreatmentSession
from sessions.protocol import REMS_ESKETAMINE
from sessions.queries.slots import ChairSlots, DaySlots, day_slots
from sessions.views.schedule import FIRST, LAST, asked_day


def slots_context(request: HttpRequest, site: Site, patient: Patient, *, session: TreatmentSession | None, told: dict[str, Any]) -> dict[str, Any]:
    """`told` is what the form says now: day, chair, starts_at, dose_mg."""
    now = request.now  # type: ignore[attr-defined]
    day = asked_day(str(told.get("day") or ""), today_at(site, now))
    dose = told.get("dose_mg")
    dose_mg = int(str(dose)) if str(dose).isdecimal() and len(str(dose)) < 4 else min(REMS_ESKETAMINE.doses_mg)
    slots = day_slots(site, patient, day, dose_mg=dose_mg, session_pk=session.pk if session else None, now=now)
    kept = {} if session else {"patient": patient.pk}
    chosen = (str(told.get("chair") or ""), str(told.get("starts_at") or "")[:5])
    return {
        "slots": slots, "chairs": [chair_row(one, slots, site, kept, chosen) for one in slots.chairs], "own": request.path, "kept": urlencode(kept),
        "before": max(day - timedelta(days=1), FIRST), "after": min(day + timedelta(days=1), LAST),
    }  # fmt: skip


def chair_row(one: ChairSlots, slots: DaySlots, site: Site, kept: dict[str, Any], chosen: tuple[str, str]) -> dict[str, Any]:
    zone, free = site.zone, []
    for stretch, starts in one.free:
        times = []
        for start in starts:
            text = f"{start.astimezone(zone):%H:%M}"
            query = urlencode({**kept, "day": slots.day.isoformat(), "chair": one.chair.pk, "starts_at": text})
            times.append({"text": text, "query": query, "is_chosen": chosen == (str(one.chair.pk), text)})
        free.append({"starts_at": stretch.starts_at, "ends_at": stretch.ends_at, "times": times})
    return {"chair": one.chair, "visits": one.visits, "free": free}
