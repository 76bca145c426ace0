"""After a missed or held visit: what was decided, and the rest of the course, old and proposed side by side (DOS-6)."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from clinic.access import site_for
from clinic.forms.base import attempt, posting_to
from clinic.http import see_other
from clinic.queries import today_at
from clinic.roles import Permission, may
from patients.rules.course import CoursePosition
from sessions.access import session_for
from sessions.actions.next_step import decide_next
from sessions.forms.next_step import NextForm
from sessions.models import TreatmentSession
from sessions.queries.next_step import MAY_DECIDE, coming, decided, position_of
from sessions.rules.next_step import ADVICE, END


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


def position_now(request: HttpRequest, session: TreatmentSession) -> CoursePosition:
    return position_of(session.course, today_at(session.site, request.now))  # type: ignore[attr-defined]


def form_of(request: HttpRequest, position: CoursePosition, posted: object = None) -> NextForm:
    is_prescriber = may(request.membership.role, Permission.PRESCRIBE)  # type: ignore[attr-defined]
    return NextForm(posted, phase=position.phase, is_prescriber=is_prescriber)


def next_page(request: HttpRequest, session: TreatmentSession, *, form: NextForm | None = None) -> HttpResponse:
    """422 around a refused decision; the form stands open while nothing is decided, and folded for a change of mind."""
    slug, now = session.site.slug, request.now  # type: ignore[attr-defined]
    position, decision = position_now(request, session), decided(session)
    may_decide = session.status in MAY_DECIDE and may(request.membership.role, Permission.BOOK)  # type: ignore[attr-defined]
    asked = form or (form_of(request, position) if may_decide and not (decision and decision.choice == END) else None)
    context = {
        "session": session, "position": position, "decision": decision, "advice": ADVICE[position.phase], "now": now,
        "form": posting_to(asked, reverse("next_decide", args=[slug, session.pk])) if asked is not None else None,
        "coming": coming(session.course, today_at(session.site, now)),
    }  # fmt: skip
    return render(request, "sessions/next.html", context, status=422 if form is not None else 200)
