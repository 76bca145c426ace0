"""After a missed or held visit: what was decided, and the rest of the course, old and proposed side by side (DOS-6)."""

from collections.abc import Sequence
from uuid import uuid4

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from clinic.access import site_for
from clinic.findings import Finding, Refused
from clinic.forms.base import attempt, posting_to
from clinic.http import see_other
from clinic.models import Chair
from clinic.queries import today_at
from clinic.roles import Permission, may
from patients.rules.course import CoursePosition
from sessions.access import session_for
from sessions.actions.deciding import Decider
from sessions.actions.next_step import decide_next
from sessions.actions.redraw import accept_lines
from sessions.forms.next_step import AcceptForm, NextForm
from sessions.models import TreatmentSession
from sessions.queries.next_step import MAY_DECIDE, decided, position_of
from sessions.queries.redraw import lines_of
from sessions.rules.next_step import ADVICE, END, KEEP
from sessions.rules.redraw import Line


@require_safe
def session_next(request: HttpRequest, site: str, pk: int) -> HttpResponse:
    site_for(request, site, Permission.VIEW_RECORD)
    return next_page(request, session_for(request, pk, Permission.VIEW_RECORD))


@require_POST
def next_decide(request: HttpRequest, site: str, pk: int) -> HttpResponse:
    site_for(request, site, Permission.BOOK)
    session = session_for(request, pk, Permission.BOOK)
    form = form_of(request, position_now(request, session), request.POST)
    if attempt(form, decide_next, session=session, by=request.membership, now=request.now):  # type: ignore[attr-defined]
        return see_other("session_next", site, session.pk)
    return next_page(request, session, form=form)


@require_POST
def next_accept(request: HttpRequest, site: str, pk: int) -> HttpResponse:
    """All lines, or those that were ticked; 422 with what speaks against them, beside the proposal as it stands now."""
    site_for(request, site, Permission.BOOK)
    session = session_for(request, pk, Permission.BOOK)
    form = AcceptForm(request.POST)
    if not form.is_valid():
        return next_page(request, session, findings=form.findings())
    decider = Decider(reason=form.cleaned_data["reason"], may_decide=may(request.membership.role, Permission.DECIDE))  # type: ignore[attr-defined]
    try:
        accept_lines(session, form.keys(), client_key=form.cleaned_data["client_key"], decider=decider, by=request.user, now=request.now)  # type: ignore[attr-defined,arg-type]
    except Refused as refused:
        return next_page(request, session, findings=refused.findings)
    return see_other("session_next", site, session.pk)


def position_now(request: HttpRequest, session: TreatmentSession) -> CoursePosition:
    return position_of(session.course, today_at(session.site, request.now))  # type: ignore[attr-defined]


def form_of(request: HttpRequest, position: CoursePosition, posted: object = None) -> NextForm:
    is_prescriber = may(request.membership.role, Permission.PRESCRIBE)  # type: ignore[attr-defined]
    return NextForm(posted, phase=position.phase, is_prescriber=is_prescriber)


def next_page(request: HttpRequest, session: TreatmentSession, *, form: NextForm | None = None, findings: Sequence[Finding] = ()) -> HttpResponse:
    """422 around a refused decision; the form stands open while nothing is decided, and folded for a change of mind."""
    slug, now = session.site.slug, request.now  # type: ignore[attr-defined]
    position, decision = position_now(request, session), decided(session)
    may_decide = session.status in MAY_DECIDE and may(request.membership.role, Permission.BOOK)  # type: ignore[attr-defined]
    asked = form or (form_of(request, position) if may_decide and not (decision and decision.choice == END) else None)
    context = {
        "session": session, "position": position, "decision": decision, "advice": ADVICE[position.phase], "now": now,
        "form": posting_to(asked, reverse("next_decide", args=[slug, session.pk])) if asked is not None else None,
        **proposal(request, session, decision.choice if decision else KEEP, is_decided=decision is not None), "findings": findings,
    }  # fmt: skip
    return render(request, "sessions/next.html", context, status=422 if form is not None or findings else 200)


def proposal(request: HttpRequest, session: TreatmentSession, choice: str, *, is_decided: bool) -> dict[str, object]:
    """The rest of the course, old and proposed; to be accepted once it is decided, by who books."""
    names = dict(Chair.objects.filter(site=session.site).values_list("pk", "name"))
    lines = lines_of(session, choice, request.now) if session.status in MAY_DECIDE else []  # type: ignore[attr-defined]
    role = request.membership.role  # type: ignore[attr-defined]
    changes = [line for line in lines if line.is_change]
    return {
        "rows": [row_of(line, names) for line in lines], "is_decided": is_decided, "accept_key": uuid4(),
        "may_accept": is_decided and may(role, Permission.BOOK) and bool(changes), "may_decide": may(role, Permission.DECIDE),
        "needs_decision": any(line.decisions for line in changes), "has_alone": any(line.is_alone for line in changes),
        "keys": ",".join(line.key for line in changes if not line.is_alone),
    }  # fmt: skip


def row_of(line: Line, names: dict[int, str]) -> dict[str, object]:
    """A line with the names of its chairs, and what a prescriber decides before it can be so."""
    return {
        "line": line, "findings": [decision.finding for decision in line.decisions],
        "old_chair": names.get(line.old.slot.chair_pk, "") if line.old else "", "new_chair": names.get(line.new.chair_pk, "") if line.new else "",
    }  # fmt: skip
