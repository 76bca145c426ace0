"""The invited person's page: choose a password, or join with the account that has the e-mail. Open to the world by its token."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.hashers import make_password
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from clinic import scope
from clinic.actions.invitations import join_as_existing, join_as_new
from clinic.findings import Refused
from clinic.forms.base import attempt
from clinic.forms.people import JoinForm
from clinic.http import see_other
from clinic.models import Invitation, User
from clinic.tokens import token_digest
from clinic.views.pages import page


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def accept_invitation(request: HttpRequest, token: str) -> HttpResponse:
    """One answer for every token that isn't an open invitation's: unknown, used, withdrawn, expired."""
    rows = Invitation.objects.select_related("site").filter(token_sha256=token_digest(token), accepted_at__isnull=True, site__is_archived=False)
    with scope.every():
        invitation = rows.filter(expires_at__gt=request.now).first()  # type: ignore[attr-defined]
    if invitation is None:
        return render(request, "clinic/invitation_gone.html", status=404)
    scope.name_site(invitation.site_id)
    if User.objects.filter(email__iexact=invitation.email).exists():
        return with_account(request, token, invitation)
    return as_new_person(request, token, invitation)


def with_account(request: HttpRequest, token: str, invitation: Invitation) -> HttpResponse:
    """Only the account with the invited e-mail may take the place: a tablet may be signed in as somebody else."""
    signed_in = request.user.is_authenticated
    is_mine = signed_in and request.user.email.lower() == invitation.email  # type: ignore[union-attr]
    context: dict[str, object] = {"invitation": invitation, "is_mine": is_mine, "is_another": signed_in and not is_mine, "findings": []}
    if request.method == "POST" and is_mine:
        try:
            join_as_existing(token, by=request.user, now=request.now)  # type: ignore[attr-defined,arg-type]
        except Refused as refused:
            return render(request, "clinic/join.html", {**context, "findings": refused.findings}, status=422)
        messages.success(request, f"Welcome to {invitation.site}.")
        return see_other("home")
    return render(request, "clinic/join.html", context, status=422 if request.method == "POST" else 200)


def as_new_person(request: HttpRequest, token: str, invitation: Invitation) -> HttpResponse:
    form = JoinForm(request.POST or None, email=invitation.email, initial={"printed_name": invitation.printed_name})

    def act(printed_name: str, password: str, again: str) -> None:
        # Argon2 takes 130 ms and 100 MB: hashed here, before the action opens its transaction.
        join_as_new(token, printed_name=printed_name, password_hash=make_password(password), now=request.now)  # type: ignore[attr-defined]

    if request.method == "POST" and attempt(form, act):
        messages.success(request, "Your account is ready. Sign in with your e-mail and password.")
        return see_other("account_login")
    return page(request, "clinic/join_new.html", {"form": form, "invitation": invitation})
