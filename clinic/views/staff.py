"""Who works here: the list, one member, invitations, training (SET-3, SET-10)."""

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from clinic import access, mail
from clinic.actions.account import reset_second_factor
from clinic.actions.invitations import invite as invite_person
from clinic.actions.invitations import withdraw_invitation as withdraw
from clinic.actions.merging import opened_as
from clinic.actions.people import change_membership
from clinic.actions.people import end_membership as end
from clinic.actions.people import record_training as put_training
from clinic.findings import Refused
from clinic.forms.base import attempt, posting_to
from clinic.forms.people import InvitationForm, PlaceForm, TrainingForm
from clinic.http import see_other
from clinic.models import Invitation, Membership, Site
from clinic.queries import members_of, open_invitations, staff_list, trainings_of
from clinic.roles import Permission, may
from clinic.second_factor import kinds_of
from clinic.views.pages import done, page


@require_safe
def staff(request: HttpRequest, site: str) -> HttpResponse:
    """Everybody with role, credential, training and presence; administrators also see who was invited."""
    place = access.site_for(request, site, Permission.VIEW_STAFF)
    manages = may(request.membership.role, Permission.MANAGE_STAFF)  # type: ignore[attr-defined]
    return page(request, "clinic/staff.html", {
        "members": staff_list(place, request.now),  # type: ignore[attr-defined]
        "former": members_of(place, is_active=False)[:50],
        "invitations": open_invitations(place, request.now)[:50] if manages else [],  # type: ignore[attr-defined]
        "manages": manages,
        "sees_floor": may(request.membership.role, Permission.VIEW_FLOOR),  # type: ignore[attr-defined]
        "may_export": may(request.membership.role, Permission.EXPORT),  # type: ignore[attr-defined]
    })  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
def invite(request: HttpRequest, site: str) -> HttpResponse:
    """Invite a person by e-mail."""
    place = access.site_for(request, site, Permission.MANAGE_STAFF)
    form = InvitationForm(request.POST or None)
    sent: list[bool] = []

    def act(**values: str) -> None:
        invitation, token = invite_person(place, by=request.user, now=request.now, **values)  # type: ignore[attr-defined,arg-type]
        sent.append(mail.send_invitation(invitation, token))

    if request.method == "POST" and attempt(form, act):
        if not sent[0]:
            messages.error(request, "The invitation is on record, but the mail could not be sent. Invite the person again later.")
            return see_other("staff", site)
        return done(request, "The invitation is on its way.", "staff", site)
    return page(request, "clinic/invite.html", {"form": form})


@require_POST
def withdraw_invitation(request: HttpRequest, site: str, pk: int) -> HttpResponse:
    access.site_for(request, site, Permission.MANAGE_STAFF)
    invitation = access.row_for(request, Invitation.objects.all(), pk, Permission.MANAGE_STAFF, "invitation")
    withdraw(invitation, by=request.user, now=request.now)  # type: ignore[attr-defined,arg-type]
    return done(request, "The invitation is withdrawn.", "staff", site)


@require_safe
def staff_member(request: HttpRequest, site: str, pk: int) -> HttpResponse:
    """One member: place, presence, trainings; an administrator changes them here."""
    place = access.site_for(request, site, Permission.VIEW_STAFF)
    return member_page(request, place, member_for(request, pk, Permission.VIEW_STAFF))


@require_POST
def change_member(request: HttpRequest, site: str, pk: int) -> HttpResponse:
    place = access.site_for(request, site, Permission.MANAGE_STAFF)
    member = member_for(request, pk, Permission.MANAGE_STAFF)
    form = PlaceForm(request.POST)
    if attempt(form, change_membership, membership=member, by=request.user, now=request.now):  # type: ignore[attr-defined]
        return done(request, "The place is changed.", "staff_member", site, pk)
    return member_page(request, place, member, place_form=form)


@require_POST
def record_training(request: HttpRequest, site: str, pk: int) -> HttpResponse:
    place = access.site_for(request, site, Permission.MANAGE_STAFF)
    member = member_for(request, pk, Permission.MANAGE_STAFF)
    form = TrainingForm(request.POST)
    if attempt(form, put_training, membership=member, by=request.user, now=request.now):  # type: ignore[attr-defined]
        return done(request, "The training is on record.", "staff_member", site, pk)
    return member_page(request, place, member, training_form=form)


@require_POST
def end_membership(request: HttpRequest, site: str, pk: int) -> HttpResponse:
    place = access.site_for(request, site, Permission.MANAGE_STAFF)
    member = member_for(request, pk, Permission.MANAGE_STAFF)
    try:
        end(member, by=request.user, now=request.now)  # type: ignore[attr-defined,arg-type]
    except Refused as refused:
        return refused_page(request, place, member, refused)
    return done(request, f"{member.user} no longer belongs to this site.", "staff", site)


@require_POST
def reset_factor(request: HttpRequest, site: str, pk: int) -> HttpResponse:
    place = access.site_for(request, site, Permission.MANAGE_STAFF)
    member = member_for(request, pk, Permission.MANAGE_STAFF)
    try:
        reset_second_factor(member, by=request.user, now=request.now)  # type: ignore[attr-defined,arg-type]
    except Refused as refused:
        return refused_page(request, place, member, refused)
    return done(request, f"{member.user} sets up a new second step at the next sign-in. Every sign-in of theirs has ended.", "staff_member", site, pk)


def refused_page(request: HttpRequest, place: Site, member: Membership, refused: Refused) -> HttpResponse:
    """422: the person's page, with why the press did nothing."""
    response = member_page(request, place, member, findings=refused.findings)
    response.status_code = 422
    return response


def member_for(request: HttpRequest, pk: int, permission: Permission) -> Membership:
    return access.row_for(request, Membership.objects.select_related("user", "site"), pk, permission, "membership")


def place_of(member: Membership) -> dict[str, str]:
    return {"role": member.role, "credential": member.credential, "opened": opened_as(member, ["role", "credential"])}


def member_page(
    request: HttpRequest, place: Site, member: Membership, *, place_form: Form | None = None, training_form: Form | None = None, findings: object = ()
) -> HttpResponse:
    manages = may(request.membership.role, Permission.MANAGE_STAFF)  # type: ignore[attr-defined]
    return page(request, "clinic/staff_member.html", {
        "line": staff_list(place, request.now, [member])[0],  # type: ignore[attr-defined]
        "member": member,
        "trainings": trainings_of(member)[:50],
        "place_form": posting_to(
            place_form or PlaceForm(initial=place_of(member)), reverse("change_member", args=[place.slug, member.pk])
        ),
        "training_form": posting_to(training_form or TrainingForm(), reverse("record_training", args=[place.slug, member.pk])),
        "findings": findings,
        "manages": manages and member.is_active,
        "has_factor": manages and bool(kinds_of(member.user)),
        "is_self": member.user_id == request.user.pk,
    })  # fmt: skip
