"""Enter, correct and take back a score; answer a positive suicide item."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from clinic.access import site_for
from clinic.http import see_other
from clinic.models import Membership, Site, User
from clinic.queries import today_at
from clinic.roles import MAY, Permission, may
from patients import access
from patients.actions import scores as actions
from patients.forms.scores import RiskForm, ScoreForm, ScoreTakeBackForm
from patients.models import Assessment
from patients.queries.scores import answers_of
from patients.rules.scores import Scale
from patients.scales import scale_of
from patients.views.page import crumbs, done, form_page, to_chart
from patients.views.patient import get_and_post

RATERS = tuple(role for role, acts in MAY.items() if Permission.SCORE in acts)


def raters_of(site: Site):  # type: ignore[no-untyped-def]
    members = Membership.objects.filter(site=site, is_active=True, role__in=RATERS)
    return User.objects.filter(pk__in=members.values("user_id")).order_by("printed_name", "pk")


def scale_or_404(code: str) -> Scale:
    try:
        return scale_of(code)
    except LookupError as error:
        raise Http404("Not found.") from error


@get_and_post
def score_new(request: HttpRequest, site: str, pk: int, scale: str) -> HttpResponse:
    place = site_for(request, site, Permission.SCORE)
    patient = access.patient_for(request, pk, Permission.SCORE)
    asked = scale_or_404(scale)
    form = ScoreForm(request.POST or None, scale=asked, today=today_at(place, request.now), raters=raters_of(place))
    if request.method == "POST":
        made = done(form, lambda: actions.record_score(patient, form.answered, by=request.membership, now=request.now))
        if made is not None:
            return after(request, made)
    return form_page(request, form, title=asked.name, patient=patient, lead=asked.about)


def after(request: HttpRequest, made: Assessment) -> HttpResponse:
    """To the chart; a clinician who has just written down a positive item is asked at once what was done."""
    is_open = made.is_suicide_positive and not answers_of(made)
    if is_open and may(request.membership.role, Permission.ANSWER_RISK):  # type: ignore[attr-defined]
        return see_other("risk_answer", request.site.slug, made.pk)  # type: ignore[attr-defined]
    return to_chart(request, made.patient_id, "" if is_open else "response")


@get_and_post
def score_correct(request: HttpRequest, site: str, pk: int) -> HttpResponse:
    place = site_for(request, site, Permission.SCORE)
    old = access.score_for(request, pk, Permission.SCORE)
    asked = scale_or_404(old.instrument)
    form = ScoreForm(request.POST or None, scale=asked, today=today_at(place, request.now), raters=raters_of(place), corrects=old)

    def act() -> Assessment:
        reason = form.cleaned_data["reason"]
        return actions.record_score(old.patient, form.answered, supersedes=old, reason=reason, by=request.membership, now=request.now)

    if request.method == "POST":
        made = done(form, act)
        if made is not None:
            return after(request, made)
    lead = "The old answers are kept. Only a clinician takes back a positive suicide item."
    return form_page(request, form, title=f"Correct the {asked.name}", patient=old.patient, lead=lead)


@get_and_post
def score_take_back(request: HttpRequest, site: str, pk: int) -> HttpResponse:
    site_for(request, site, Permission.SCORE)
    old = access.score_for(request, pk, Permission.SCORE)
    form = ScoreTakeBackForm(request.POST or None)
    if request.method == "POST" and done(form, lambda: actions.withdraw_score(old, **form.cleaned_data, by=request.membership, now=request.now)):
        return to_chart(request, old.patient_id, "response")
    lead = "For a score that was never this patient’s. It stays on record as taken back, and counts nowhere."
    return form_page(request, form, title=f"Take the {scale_or_404(old.instrument).name} back", patient=old.patient, lead=lead)


@get_and_post
def risk_answer(request: HttpRequest, site: str, pk: int) -> HttpResponse:
    place = site_for(request, site, Permission.ANSWER_RISK)
    score = access.score_for(request, pk, Permission.ANSWER_RISK)
    form = RiskForm(request.POST or None)
    if request.method == "POST" and done(form, lambda: actions.answer_risk(score, **form.cleaned_data, by=request.user, now=request.now)):
        return to_chart(request, score.patient_id, "response")
    asked = scale_or_404(score.instrument)
    context = {
        "site": place, "score": score, "scale": asked, "patient": score.patient, "form": form, "answers": answers_of(score),
        "value": score.answers.get(asked.suicide_item), "crumbs": crumbs(request, score.patient),
        "contacts": score.patient.contacts.filter(is_active=True).exclude(phone=""),
    }  # fmt: skip
    return render(request, "patients/risk_answer.html", context, status=422 if form.is_bound else 200)
