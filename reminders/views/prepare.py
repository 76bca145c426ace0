"""The patient's page about the preparation: what to keep to, a few questions, and when somebody reads the answers (PRE-1…PRE-4)."""

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods

from clinic.http import see_other
from clinic.rules.opening import local_day
from patients.actions.drivers import may_be_named, number_of
from reminders.queries.inbound import has_stopped
from reminders.queries.sending import sends_texts
from reminders.speech import speech
from reminders.views.door import Guest, done_or_gone, for_guests, show
from sessions.actions.by_patient import prepare
from sessions.models import Preparation
from sessions.queries.by_patient import preparations_of, read_at
from sessions.rules.preparation import QUESTIONS, SOMEONE, YES_NO, kept_answers, red_ids, unanswered


@require_http_methods(["GET", "HEAD", "POST"])
@for_guests()
def visit_prepare(request: HttpRequest, guest: Guest) -> HttpResponse:
    """Until everything is answered the page comes back with what was chosen."""
    now = request.now  # type: ignore[attr-defined]
    last = preparations_of(guest.visit).last()
    if request.method != "POST":
        is_asked = last is None or request.GET.get("again") == "1"
        answers = told_before(last)
        return form(request, guest, answers, now=now) if is_asked else thanks(request, guest, last, now=now)
    answers, names = kept_answers(request.POST.dict()), names_of(request)
    open_ids, wants_text = unanswered(answers), request.POST.get("ride_text") == "yes"
    is_unknown = wants_text and answers.get("ride") == SOMEONE and not may_be_named(names["ride_name"], names["ride_phone"])
    if open_ids or is_unknown:
        typed = {**answers, **names, "ride_text": "yes" if wants_text else ""}
        return form(request, guest, typed, now=now, open_ids=open_ids, is_driver_unknown=is_unknown)
    may_text = wants_text and not has_stopped(guest.visit.site_id, number_of(names["ride_phone"]))

    def keep() -> HttpResponse:
        prepare(
            guest.visit, slot_version=guest.version, answers=answers, **names, may_text_driver=may_text, client_key=key_of(request), now=now
        )  # fmt: skip
        return see_other("visit_prepare", guest.token)

    return done_or_gone(request, keep)


def names_of(request: HttpRequest) -> dict[str, str]:
    """As far as they can be written down: a phone's keyboard may send what no database holds."""
    return {name: "".join(filter(str.isprintable, request.POST.get(name, "")))[:most] for name, most in (("ride_name", 80), ("ride_phone", 30))}


def key_of(request: HttpRequest) -> UUID:
    """The page's key; a page that lost it gets a new one."""
    try:
        return UUID(request.POST.get("client_key", ""))
    except ValueError:
        return uuid4()


def told_before(last: Preparation | None) -> dict[str, str]:
    """What this patient said of this visit, to be changed by them; never of another visit."""
    if last is None:
        return {}
    ride_text = "yes" if last.driver_id is not None else ""
    return {**last.answers, "ride_name": last.ride_name, "ride_phone": last.ride_phone, "ride_text": ride_text}


def form(
    request: HttpRequest, guest: Guest, answers: dict[str, str], *, now: datetime, open_ids: Collection[str] = (), is_driver_unknown: bool = False
) -> HttpResponse:
    words = speech(guest.language)
    is_morning = local_day(now, guest.zone) >= local_day(guest.visit.starts_at, guest.zone)
    texts = words["ask"] if is_morning else {**words["ask"], **words["before"]}
    questions: list[dict[str, Any]] = [
        {
            "id": one.id, "text": texts[one.id], "is_open": one.id in open_ids, "is_short": len(one.choices) == len(YES_NO),
            "choices": [
                {"value": value, "label": words["choices"].get(f"{one.id}.{value}") or words["choices"][value], "is_chosen": answers.get(one.id) == value}
                for value, _ in one.choices
            ],
        }
        for one in QUESTIONS
    ]  # fmt: skip
    shown = {
        "questions": questions, "missing": [one for one in questions if one["is_open"]], "client_key": uuid4(), "is_driver_unknown": is_driver_unknown,
        "ride_name": answers.get("ride_name", ""), "ride_phone": answers.get("ride_phone", ""), "ride_text": answers.get("ride_text", ""),
        "sends_texts": sends_texts(guest.visit.site_id), **read_words(guest, now),
    }  # fmt: skip
    return show(request, guest, "prepare", shown, status=422 if open_ids or is_driver_unknown else 200)


def read_words(guest: Guest, now: datetime) -> dict[str, Any]:
    """When somebody reads it: today while the clinic is open, else when it opens."""
    at = read_at(guest.visit.site, now)
    return {"is_read_now": at == now, "read_on": " ".join(guest.spoken(at)) if at is not None else ""}


def thanks(request: HttpRequest, guest: Guest, last: Any, *, now: datetime) -> HttpResponse:
    day, hour = guest.spoken(guest.visit.starts_at)
    is_told = last.driver is not None and last.driver.may_text
    shown = {"is_red": bool(red_ids(last.answers)), "is_driver_told": is_told, "day": day, "hour": hour, **read_words(guest, now)}
    return show(request, guest, "prepared", shown)
