"""What a wished visit would meet: notes beside the booking form, asked again with every change of it (MON-9, DOS-9)."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from clinic.access import site_for
from clinic.models import Site
from clinic.roles import Permission
from clinic.rules.opening import earliest
from patients.access import patient_for
from patients.models import Patient
from sessions.forms.booking import FIRST_DAY, LAST_DAY, AskedSlot
from sessions.queries.booking_forecast import Asked, outlook
from sessions.queries.off_schedule import foreseen

# What no order can mean is not a dose that was mistyped by a little: nothing is said about it.
LARGEST_DOSE_MG = 999


@require_safe
def booking_forecast(request: HttpRequest, site: str) -> HttpResponse:
    """The fragment alone; empty while the slot can't be read."""
    place = site_for(request, site, Permission.BOOK)
    pk = number(request.GET.get("patient"))
    patient = patient_for(request, pk, Permission.BOOK) if pk else None
    context = forecast_context(request, place, patient, request.GET, number(request.GET.get("moved")))
    return render(request, "sessions/_forecast.html", context | {"site": place, "patient": patient})


def number(text: object) -> int | None:
    word = str(text or "")
    return int(word[:18]) if word.isascii() and word.isdecimal() else None


def forecast_context(request: HttpRequest, site: Site, patient: Patient | None, data: Any, moved: int | None) -> dict[str, Any]:
    """`data` holds day, starts_at, chair and dose_mg as a form has them; `moved` is the visit that is to be moved."""
    slot, dose = AskedSlot(data, site=site).known(), number(data.get("dose_mg"))
    if patient is None or not all(slot.values()) or not dose or dose > LARGEST_DOSE_MG or not FIRST_DAY <= slot["day"] <= LAST_DAY:
        return {"outlook": None, "against": [], "moved": moved}
    starts_at = earliest(slot["day"], slot["starts_at"].replace(second=0, microsecond=0), site.zone)
    asked = Asked(patient=patient, chair_pk=slot["chair"].pk, starts_at=starts_at, dose_mg=dose, but=moved)
    now = request.now  # type: ignore[attr-defined]
    return {"outlook": outlook(asked, now), "against": foreseen(patient, slot["day"], dose, moved=moved, now=now), "moved": moved}
