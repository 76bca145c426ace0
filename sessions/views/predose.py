"""The round of questions, a prescriber's decision, clearing."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST

from clinic.access import site_for
from clinic.roles import Permission
from sessions.access import session_for
from sessions.actions import predose
from sessions.forms.arrival import ReasonForm
from sessions.forms.predose import IDENTITY, DecideForm, RoundForm
from sessions.queries.gates import questions_of
from sessions.views.answers import is_kept, step_again, to_flowsheet


@require_POST
def predose_answer(request: HttpRequest, site: str, pk: int) -> HttpResponse:
    """The questions that the page asked, named in `asked`; what it left out stays unasked at the gate."""
    site_for(request, site, Permission.PREPARE)
    session = session_for(request, pk, Permission.PREPARE)
    asked = request.POST.get("asked", "").split()
    questions = [question for question in questions_of(session) if question.id in asked]
    form = RoundForm(request.POST, questions=questions, asks_identity=IDENTITY in asked, now=request.now)

    def act() -> object:
        data = form.cleaned_data
        said = {name: bool(data.get(name)) for name in ("said_name", "said_birth_date")}
        return predose.answer_round(
            session, answers=form.answers, asked_identity=form.asks_identity, **said, client_key=data["client_key"], by=request.user, now=request.now
        )

    return to_flowsheet(session) if is_kept(form, act) else step_again(request, session, "prepare", form)


@require_POST
def finding_decide(request: HttpRequest, site: str, pk: int) -> HttpResponse:
    site_for(request, site, Permission.DECIDE)
    session = session_for(request, pk, Permission.DECIDE)
    form = DecideForm(request.POST)

    def act() -> object:
        data = form.cleaned_data
        return predose.decide(
            session, finding_key=data["finding"], reason=data["reason"], client_key=data["client_key"], by=request.user,
            membership=request.membership, now=request.now,
        )  # fmt: skip

    if is_kept(form, act):
        return to_flowsheet(session)
    return step_again(request, session, "dose" if request.POST.get("step") == "dose" else "prepare", form)


@require_POST
def session_clear(request: HttpRequest, site: str, pk: int) -> HttpResponse:
    site_for(request, site, Permission.PREPARE)
    session = session_for(request, pk, Permission.PREPARE)
    form = ReasonForm({"reason": ""})
    if is_kept(form, lambda: predose.clear_for_dosing(session, by=request.user, membership=request.membership, now=request.now)):
        return to_flowsheet(session)
    return step_again(request, session, "prepare", form)
