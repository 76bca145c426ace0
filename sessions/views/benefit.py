"""Review the benefit of a course, and correct a review; the password is checked before the transaction begins."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from clinic.access import site_for
from clinic.identity import confirm_identity
from clinic.queries import today_at
from clinic.roles import Permission
from patients.access import course_for
from patients.models import Course
from sessions.access import review_for
from sessions.actions.benefit import review_benefit
from sessions.forms.benefit import ReviewForm
from sessions.models import BenefitReview
from sessions.queries.benefit import response_of
from sessions.response_table import response_context
from sessions.views.answers import is_kept


@require_http_methods(["GET", "POST"])
def benefit_review(request: HttpRequest, site: str, pk: int) -> HttpResponse:
    """`pk` is the course's."""
    site_for(request, site, Permission.REVIEW_BENEFIT)
    course = course_for(request, pk, Permission.REVIEW_BENEFIT)
    return page(request, course, ReviewForm(request.POST or None), "Benefit review")


@require_http_methods(["GET", "POST"])
def benefit_correct(request: HttpRequest, site: str, pk: int) -> HttpResponse:
    site_for(request, site, Permission.REVIEW_BENEFIT)
    old = review_for(request, pk, Permission.REVIEW_BENEFIT)
    return page(request, old.course, ReviewForm(request.POST or None, corrects=old), "Correct the benefit review", old)


def page(request: HttpRequest, course: Course, form: ReviewForm, title: str, old: BenefitReview | None = None) -> HttpResponse:
    place, now = request.site, request.now  # type: ignore[attr-defined]
    course.patient.site = place

    def act() -> object:
        proof = confirm_identity(request, form.cleaned_data["password"])
        return review_benefit(course, form.judged, supersedes=old, proof=proof, by=request.membership, now=now)  # type: ignore[attr-defined]

    if request.method == "POST" and is_kept(form, act):
        return HttpResponse(status=303, headers={"Location": reverse("patient_chart", args=[place.slug, course.patient_id]) + "#response"})
    today = today_at(place, now)
    response = response_of(course.patient, course, today)
    context = {"title": title, "patient": course.patient, "form": form, **response_context(response, today)}
    return render(request, "sessions/benefit_review.html", context, status=422 if form.is_bound else 200)
