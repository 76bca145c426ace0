"""The board, and its poll every ten seconds that answers 204 when nothing is new."""

from datetime import date, datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_GET

from clinic.access import site_for
from clinic.models import Site
from clinic.roles import Permission, may
from clinic.rules.opening import local_day
from desk.queries.board import Floor, floor_of
from desk.queries.stamp import Stamp, stamp_of
from desk.queries.tasks import task_changes, task_rows
from desk.queries.worries import gap_since, offers_to, prescribers_of, worry_rows
from patients.rules.orders import cosign_is_late
from sessions.queries.calls import called


@require_GET
def board(request: HttpRequest, site: str) -> HttpResponse:
    place = site_for(request, site, Permission.VIEW_FLOOR)
    now: datetime = request.now
    stamp = stamp_of(place, now, request.user.pk)
    if request.htmx and is_known(request.GET.get("v", ""), stamp, now):
        return HttpResponse(status=204)
    floor, tasks = floor_of(place, now), task_rows(place, now, request.membership.role) if stamp.has_tasks else []
    floor.quiet_until = min([floor.quiet_until, *task_changes(tasks, now)])
    request.prescribers = prescribers_of(floor.loose, now)  # for the lines of calls over the page
    filing_url = reverse("filing", args=[place.slug]) if may(request.membership.role, Permission.FILE_FORM) else ""
    context = {
        "now": now, "to_sign": to_sign(request, place, stamp, floor.today), "today": floor.today, "stats": stats(floor, place.slug, filing_url), "cards": floor.cards, "arrivals": floor.arrivals, "done": floor.done,
        "called": called(name for _, name in request.prescribers), "may_silence": may(request.membership.role, Permission.TAKE_VITALS),
        "late_tasks": [row for row in tasks if row["is_late"]], "tasks": [row for row in tasks if not row["is_late"]], "forms": floor.forms, "filing_url": filing_url, "board_url": reverse("board", args=[place.slug]), "version": version(stamp, floor, now),
        "watchman_silent": stamp.silent_minutes(now), "no_prescriber": not stamp.has_prescriber and floor.present, "messages_waiting": stamp.messages_wait(now), "may_answer": may(request.membership.role, Permission.TAKE_VITALS),
        "gap_since": gap_since(floor.concerns), "worries": worry_rows(place, floor.concerns, request.membership.role), "offers": offers_to(floor.loose, request.user.pk),
    }  # fmt: skip
    response = render(request, "desk/_board.html" if request.htmx else "desk/board.html", context)
    patch_vary_headers(response, ["HX-Request"])
    response["Cache-Control"] = "no-store"
    return response


def to_sign(request: HttpRequest, place: Site, stamp: Stamp, today: date) -> dict[str, object]:
    """What the board says about spoken orders: to a prescriber their own, to everybody what is late (DOS-8)."""
    url = reverse("to_sign", args=[place.slug]) if may(request.membership.role, Permission.PRESCRIBE) else ""  # type: ignore[attr-defined]
    mine_is_late, is_late = (
        at is not None and cosign_is_late(ordered_on=local_day(at, place.zone), on=today) for at in (stamp.unsigned_mine_at, stamp.unsigned_at)
    )
    return {"url": url, "is_mine": stamp.unsigned_mine_at is not None, "mine_is_late": mine_is_late, "is_late": is_late}


def version(stamp: Stamp, floor: Floor, now: datetime) -> str:
    """What a poll brings back: the last act, until when the clock alone changes nothing, and the signs of life."""
    return f"{stamp.seq}.{int(floor.quiet_until.timestamp())}.{stamp.flags(now)}"


def is_known(told: str, stamp: Stamp, now: datetime) -> bool:
    """Whether the page that asks shows everything already."""
    seq, _, rest = told.partition(".")
    until, _, flags = rest.partition(".")
    return (
        seq == str(stamp.seq)
        and flags == stamp.flags(now)
        and until.isascii()
        and until.isdigit()
        and len(until) <= 12
        and now.timestamp() < int(until)
    )


def stats(floor: Floor, slug: str, filing_url: str) -> list[dict[str, object]]:
    """The four numbers over the chairs."""
    forms = floor.form_counts
    hint = f"{forms['overdue']} overdue" if forms["overdue"] else f"{forms['today']} due today" if forms["today"] else ""
    return [
        {"label": "Late", "value": floor.late, "hint": "checks past their time" if floor.late else "all in time", "tone": "act" if floor.late else "ok", "icon": "alarm-clock", "url": ""},
        {"label": "In the house", "value": floor.present, "hint": "", "tone": "", "icon": "armchair", "url": ""},
        {"label": "To come", "value": len(floor.arrivals), "hint": "", "tone": "", "icon": "user-check", "url": reverse("schedule", args=[slug])},
        {"label": "Forms owed", "value": forms["total"], "hint": hint, "tone": "act" if forms["overdue"] else "warn" if forms["today"] else "", "icon": "file-check", "url": filing_url},
    ]  # fmt: skip
