"""Open and end a course; sign, take down, co-sign and cancel orders. The password is checked before the transaction begins."""

from django.http import HttpRequest, HttpResponse

from clinic.access import site_for
from clinic.actions.merging import opened_as
from clinic.http import see_other
from clinic.identity import confirm_identity
from clinic.queries import today_at
from clinic.roles import Permission
from patients import access
from patients.actions import course as course_actions
from patients.actions import orders as order_actions
from patients.forms.chart import ConfirmForm
from patients.forms.courses import CosignForm, CourseEndForm, CourseForm, OrderForm, PrescriberForm, SpokenOrderForm, words_of
from patients.models import Course, Order
from patients.queries import prescribers_of
from patients.views.moves import told_elsewhere
from patients.views.page import GOES_ON_ELSEWHERE, done, form_page, to_chart
from patients.views.patient import get_and_post


@get_and_post
def course_new(request: HttpRequest, site: str, pk: int) -> HttpResponse:
    place = site_for(request, site, Permission.PRESCRIBE)
    patient = access.patient_for(request, pk, Permission.PRESCRIBE)
    form = CourseForm(request.POST or None, prescribers=prescribers_of(place), initial={"prescriber": request.user.pk, **told_elsewhere(patient)})
    if request.method == "POST" and done(
        form, lambda: course_actions.open_course(patient, fields=form.cleaned_data, by=request.membership, now=request.now)
    ):
        return to_chart(request, pk, "course")
    return form_page(request, form, title="Open a course", patient=patient)


@get_and_post
def course_prescriber(request: HttpRequest, site: str, pk: int) -> HttpResponse:
    """By a prescriber, or by the administrator when one has left."""
    place = site_for(request, site, Permission.GIVE_COURSE)
    course = access.course_for(request, pk, Permission.GIVE_COURSE)
    others = prescribers_of(place).exclude(pk=course.prescriber_id)
    form = PrescriberForm(request.POST or None, prescribers=others, initial={"opened": opened_as(course, ["prescriber"])})
    if request.method == "POST" and done(
        form, lambda: course_actions.change_prescriber(course, **form.cleaned_data, by=request.membership, now=request.now)
    ):
        return to_chart(request, course.patient_id, "course")
    lead = f"Now {course.prescriber.printed_name}. Visits and orders stay as they are; calendars follow."
    return form_page(request, form, title="Another prescriber", patient=course.patient, lead=lead)


@get_and_post
def course_end(request: HttpRequest, site: str, pk: int) -> HttpResponse:
    site_for(request, site, Permission.PRESCRIBE)
    course = access.course_for(request, pk, Permission.PRESCRIBE)
    form = CourseEndForm(request.POST or None)
    if request.method == "POST" and done(
        form, lambda: course_actions.end_course(course, reason=form.cleaned_data["reason"], by=request.membership, now=request.now)
    ):
        return to_chart(request, course.patient_id, "course")
    return form_page(request, form, title="End the course", patient=course.patient, lead=f"{words_of(course)}. {GOES_ON_ELSEWHERE}")


@get_and_post
def order_new(request: HttpRequest, site: str, pk: int) -> HttpResponse:
    """`pk` is the course's."""
    place = site_for(request, site, Permission.PRESCRIBE)
    course = access.course_for(request, pk, Permission.PRESCRIBE)
    form = OrderForm(request.POST or None, today=today_at(place, request.now))
    if request.method == "POST" and done(form, lambda: sign(request, form, course)):
        return to_chart(request, course.patient_id, "orders")
    return form_page(request, form, title="Order doses", patient=course.patient, lead=words_of(course))


def sign(request: HttpRequest, form: OrderForm, course: Course) -> Order:
    proof = confirm_identity(request, form.cleaned_data["password"])
    key = form.cleaned_data["client_key"]
    return order_actions.sign_order(course, fields=form.terms, proof=proof, client_key=key, by=request.membership, now=request.now)


@get_and_post
def order_spoken(request: HttpRequest, site: str, pk: int) -> HttpResponse:
    """`pk` is the course's."""
    place = site_for(request, site, Permission.CLINICAL_CHART)
    course = access.course_for(request, pk, Permission.CLINICAL_CHART)
    today = today_at(place, request.now)
    form = SpokenOrderForm(request.POST or None, today=today, prescribers=prescribers_of(place), initial={"sessions": 1, "valid_until_on": today})
    if request.method == "POST" and done(
        form,
        lambda: order_actions.take_spoken_order(
            course,
            fields=form.terms,
            ordered_by=form.cleaned_data["ordered_by"],
            client_key=form.cleaned_data["client_key"],
            by=request.membership,
            now=request.now,
        ),
    ):
        return to_chart(request, course.patient_id, "orders")
    lead = "Write down what the prescriber says, read it back. It holds for today; the prescriber co-signs it today."
    return form_page(request, form, title="Spoken order", patient=course.patient, lead=lead)


@get_and_post
def order_cosign(request: HttpRequest, site: str, pk: int) -> HttpResponse:
    site_for(request, site, Permission.PRESCRIBE)
    order = access.order_for(request, pk, Permission.PRESCRIBE)
    form = CosignForm(request.POST or None)
    if request.method == "POST" and done(form, lambda: cosign(request, form, order)):
        if form.cleaned_data["listed"]:
            return see_other("to_sign", site)
        return to_chart(request, order.course.patient_id, "orders")
    return form_page(request, form, title="Co-sign the order", patient=order.course.patient, lead=order_words(order))


def cosign(request: HttpRequest, form: CosignForm, order: Order) -> Order:
    proof = confirm_identity(request, form.cleaned_data["password"])
    return order_actions.cosign_order(order, proof=proof, by=request.membership, now=request.now)


@get_and_post
def order_cancel(request: HttpRequest, site: str, pk: int) -> HttpResponse:
    site_for(request, site, Permission.PRESCRIBE)
    order = access.order_for(request, pk, Permission.PRESCRIBE)
    form = ConfirmForm(request.POST if request.method == "POST" else None, button="Cancel the order")
    if request.method == "POST" and done(form, lambda: order_actions.cancel_order(order, by=request.membership, now=request.now)):
        return to_chart(request, order.course.patient_id, "orders")
    return form_page(request, form, title="Cancel the order", patient=order.course.patient, lead=order_words(order))


def order_words(order: Order) -> str:
    return f"{order.dose_mg} mg, {order.sessions} sessions, {order.valid_from_on:%-d %b %Y} to {order.valid_until_on:%-d %b %Y}, ordered by {order.ordered_by}."
