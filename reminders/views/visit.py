"""The pages behind a patient's link: the visit itself, the birth date, confirming, giving it up, the calendar's file."""

from datetime import date

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from clinic.http import see_other
from reminders.calendar_file import PUBLISH, calendar_file
from reminders.known_devices import is_right, remember
from reminders.links import token_for
from reminders.rules.moments import NEWS_FOR
from reminders.speech import speech
from reminders.views.door import Guest, ask_birth, done_or_gone, for_guests, show
from sessions.actions.by_patient import REASONS, cancel_by_patient
from sessions.actions.confirmation import confirm_visit
from sessions.models import MoveWish, TreatmentSession
from sessions.queries.by_patient import OVER, last_wish, preparations_of
from sessions.states import Status

# The patients' word for each way in which a visit is over.
TOLD: dict[str, str] = {Status.DISCHARGED: "after", Status.MISSED: "missed", Status.CANCELLED: "cancelled"}


@require_http_methods(["GET", "HEAD", "POST"])
@for_guests(over=True)
def visit(request: HttpRequest, guest: Guest) -> HttpResponse:
    """One visit of one patient: when, where, what can be done about it; a press says that they come."""
    row = guest.visit
    if request.method == "POST":

        def confirm() -> HttpResponse:
            confirm_visit(session_uid=row.uid, slot_version=guest.version, now=request.now)  # type: ignore[attr-defined]
            return see_other("visit", guest.token)

        return done_or_gone(request, confirm)
    day, hour = guest.spoken(row.starts_at)
    if row.status in OVER:
        words = speech(guest.language)
        told = words[TOLD[row.status]]
        advice = words["after_advice"] if row.status == Status.DISCHARGED else []
        return show(request, guest, "visit_over", {"told": told, "advice": advice, "day": day, "hour": hour})
    wish = last_wish(row)
    shown = {
        "visit": row,
        "day": day,
        "hour": hour,
        "there": guest.hour_there(row.starts_at),
        "wish": wish,
        "is_prepared": preparations_of(row).exists(),
    }
    if wish is not None:
        shown["wished"] = " ".join(guest.spoken(wish.starts_at))
        shown["is_open"], shown["is_declined"] = wish.answer == "", wish.answer == MoveWish.Answer.DECLINED
    return show(request, guest, "visit", shown)


@for_guests(unproved=True, over=True)
@require_POST
def visit_birth(request: HttpRequest, guest: Guest) -> HttpResponse:
    """The birth date, once per device; a wrong one and one too many get the same words."""
    if not is_right(guest.visit.patient, told_date(request)):
        return ask_birth(request, guest, is_wrong=True)
    response = see_other("visit", guest.token)
    remember(request, response, guest.visit.patient)
    return response


def told_date(request: HttpRequest) -> date | None:
    parts = [request.POST.get(name, "").strip() for name in ("year", "month", "day")]
    if not all(part.isascii() and part.isdigit() and len(part) <= 4 for part in parts):
        return None
    try:
        return date(*(int(part) for part in parts))
    except ValueError:
        return None


@require_http_methods(["GET", "HEAD", "POST"])
@for_guests()
def visit_cancel(request: HttpRequest, guest: Guest) -> HttpResponse:
    """Give the visit up, with a reason."""
    reason = request.POST.get("reason", "")
    if request.method == "POST" and reason in REASONS:

        def cancel() -> HttpResponse:
            cancel_by_patient(guest.visit, slot_version=guest.version, reason=reason, now=request.now)  # type: ignore[attr-defined]
            return to_present(guest.visit)

        return done_or_gone(request, cancel)
    return show(request, guest, "visit_cancel", {"is_wrong": request.method == "POST"}, status=422 if request.method == "POST" else 200)


def to_present(session: TreatmentSession) -> HttpResponse:
    """The visit's page by a link of its present slot: the old one has just ended, and this device has proved itself."""
    row = TreatmentSession.objects.get(pk=session.pk)
    return see_other("visit", token_for(row, useless_at=row.ends_at + NEWS_FOR))


@for_guests()
@require_safe
def visit_calendar(request: HttpRequest, guest: Guest) -> HttpResponse:
    """The visit as a calendar reads it: a place and a time, and nothing else."""
    response = HttpResponse(calendar_file(guest.visit, method=PUBLISH).content, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="visit.ics"'
    return response
