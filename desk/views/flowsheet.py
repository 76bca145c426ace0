"""The flowsheet: one page for one session; its fragment is what every posted step comes back to. And the record for the printer."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_GET

from clinic import audit
from clinic.access import row_for, site_for
from clinic.models import Site
from clinic.queries.presence import corrections_of, gaps_between, stays_over
from clinic.roles import Permission, may
from desk.queries.alarms import alert_rows
from desk.queries.flowsheet import chart_of, check_rows, head_of, open_step, own_history, parts_for, stepper
from desk.queries.news import seq_or_none, with_news
from sessions.access import session_for
from sessions.models import HelpCall, TreatmentSession
from sessions.picture import Picture, picture_of
from sessions.queries.calls import names_of, prescribers_here
from sessions.queries.forgotten import forgotten_since
from sessions.queries.gone import departure_entries, emergency_entries
from sessions.queries.help import call_entries, calls_of, said
from sessions.queries.next_step import MAY_DECIDE, decided
from sessions.queries.policies import policy_for
from sessions.queries.presence import absences
from sessions.queries.record import signatures_of, superseded
from sessions.queries.safety_calls import MAY_OWE, open_call_of
from sessions.queries.timeline import just_saved, just_signed, shown, timeline
from sessions.queries.voiding import must_tell_rems
from sessions.states import OPEN, Status
from sessions.steps import leave, step


@require_GET
def flowsheet(request: HttpRequest, site: str, pk: int) -> HttpResponse:
    place = site_for(request, site, Permission.VIEW_RECORD)
    session = session_for(request, pk, Permission.VIEW_RECORD)
    seq = session.chain_seq or 0  # type: ignore[attr-defined]  # read with the session, before what the page shows
    now, asked = request.now, request.GET.get("step", "")
    picture = picture_of(session, policy_for(session), parts_for(session.status, asked))
    context = page(request, place, picture, asked, now) | {"seq": seq}
    response = render(request, "desk/_flowsheet.html" if request.htmx else "desk/flowsheet.html", context)
    patch_vary_headers(response, ["HX-Request"])
    response["Cache-Control"] = "no-store"
    return response


def page(request: HttpRequest, place: Site, picture: Picture, asked: str, now: datetime) -> dict[str, Any]:
    """The open step's own context, and what stands around it."""
    session, role = picture.session, request.membership.role  # type: ignore[attr-defined]
    url = reverse("flowsheet", args=[place.slug, session.pk])
    opened = open_step(picture, asked, now)
    module = step(opened)
    head = head_of(picture, place, now)
    head |= {
        "board_url": reverse("board", args=[place.slug]) if may(role, Permission.VIEW_FLOOR) else "",
        "chart_url": reverse("patient_chart", args=[place.slug, session.patient_id]),
        "confirm_base": place.slug if may(role, Permission.DOSE) else "",
    }
    calls = calls_of(picture)
    entries = sorted(everything(picture, calls, now), key=lambda entry: entry["at"], reverse=True)
    alerts, own = alert_rows(picture, now), own_history(picture)
    return {
        **module.context(picture, request=request, now=now),
        "session": session, "now": now, "head": head, "steps": stepper(picture, opened, url), "alerts": alerts, "called": names_of(prescribers_here(place, now)) if any(row["calls"] for row in alerts) else "", "screen_is_open": session.status in OPEN and bool(getattr(session, "needs_prescriber", False)), "part": module.TEMPLATE, "shown": opened,
        "chart": chart_of(picture, now, own), "record": shown(entries, check_rows(picture, now, own), url, is_whole=request.GET.get("record") == "all"), "title": session.patient.short_name,
        "said": said(picture, calls) if session.status in OPEN else {}, "polls": session.status in OPEN, "saved": just_saved(entries, request.user.pk, now), "signed_at": just_signed(session, now), "may_take_vitals": may(role, Permission.TAKE_VITALS) and session.status != "discharged", "may_decide": may(role, Permission.DECIDE),
        "may_follow": getattr(request, "grant", None) is None, "record_url": reverse("session_record", args=[place.slug, session.pk]), "sheet_url": reverse("sheet", args=[place.slug, session.pk]), "paper_url": reverse("paper_enter", args=[place.slug, session.pk]), **leaving_of(session, role, now),
    }  # fmt: skip


def everything(picture: Picture, calls: list[HelpCall], now: datetime) -> list[dict[str, Any]]:
    """Every entry of the record, on the page and on paper."""
    return [
        *timeline(picture, absences(picture, now)), *call_entries(picture, calls, now=now), *emergency_entries(picture), *departure_entries(picture),
    ]  # fmt: skip


def leaving_of(session: TreatmentSession, role: str, now: datetime) -> dict[str, Any]:
    """What may be recorded when something goes wrong, and the safety call that is owed afterwards (OUT-3, MSG-7)."""
    return {
        "may_depart": session.status in OPEN and may(role, Permission.RECORD_DEPARTURE), "may_call": may(role, Permission.SAFETY_CALL),
        "call": open_call_of(session) if session.status in MAY_OWE else None, "open_since": forgotten_since(session, now),
        "may_decide_next": session.status in MAY_DECIDE, "next_step": decided(session) if session.status in MAY_DECIDE else None,
        "may_void": session.status != Status.VOIDED and may(role, Permission.VOID), "may_file": may(role, Permission.FILE_FORM),
        "must_tell_rems": session.status == Status.VOIDED and must_tell_rems(session),
    }  # fmt: skip


@require_GET
def flowsheet_news(request: HttpRequest, site: str, pk: int) -> HttpResponse:
    """Asked every 15 seconds: 204 until somebody has written something about this patient number `since` of the chain."""
    place = site_for(request, site, Permission.VIEW_RECORD)
    since = seq_or_none(request.GET.get("since", ""))
    session = row_for(request, with_news(place, since or 0), pk, Permission.VIEW_RECORD, "treatmentsession")
    if since is None or not session.has_news:
        return HttpResponse(status=204)
    return render(request, "desk/_flow_news.html", {"session": session, "url": reverse("flowsheet", args=[place.slug, pk])})


@require_GET
def session_record(request: HttpRequest, site: str, pk: int) -> HttpResponse:
    """Everything of one session on paper: facts, corrections and what they replaced, presence, signatures (SET-2, OUT-2)."""
    place = site_for(request, site, Permission.VIEW_RECORD)
    session: TreatmentSession = session_for(request, pk, Permission.VIEW_RECORD)
    now = request.now
    audit.record(action="record.printed", target=session, by=request.user, now=now, site=place, patient_pk=session.patient_id)
    picture = picture_of(session, policy_for(session))
    first, ended = picture.first_device_at, session.discharged_at or session.left_at or session.transferred_at or now
    stays = stays_over(place, first, ended) if first else []
    entries = sorted(everything(picture, calls_of(picture), now), key=lambda entry: entry["at"])
    context = {
        "session": session, "now": now, "head": head_of(picture, place, now), "entries": entries, "checks": check_rows(picture, now),
        "chart": chart_of(picture, now), "given_mg": picture.given_mg, "first_device_at": first, "ended_at": ended if first else None,
        "stays": stays, "gaps": gaps_between(stays, first, ended, proven_only=True) if first else [], "duty_corrections": corrections_of(stays),
        "replaced": superseded(session), "signatures": signatures_of(session), **leave.signed(picture),
    }  # fmt: skip
    response = render(request, "desk/session_record.html", context)
    response["Cache-Control"] = "no-store"
    return response
