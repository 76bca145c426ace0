"""Acts on a person's own account: the entries of their sign-ins, the end of sign-ins, and a colleague's second factor taken away."""

from datetime import datetime

from allauth.mfa.models import Authenticator
from django.contrib.sessions.models import Session
from django.db import transaction

from clinic import account_mail, audit, scope
from clinic.findings import refuse
from clinic.models import Membership, Organisation, User
from clinic.queries.sign_ins import mark_of, sessions_of


def organisation_of(user: User) -> Organisation | None:
    """Whose chain keeps what a person does outside of any site: that of the first site they belong to."""
    with scope.of_person(user.pk):
        place = Membership.objects.filter(user=user, is_active=True).select_related("site__organisation").order_by("pk").first()
    return place.site.organisation if place is not None else None


@transaction.atomic
def note_account(action: str, user: User | None, *, by: User | None, now: datetime, **changes: object) -> None:
    """One entry about an account; without a person, in the installation's own chain."""
    organisation = organisation_of(user) if user is not None else None
    pk = str(user.pk) if user is not None else "-"
    audit.append(action=action, target_kind="user", target_pk=pk, by=by, now=now, organisation=organisation, changes=changes)


def end_sign_ins(user: User, *, but: str | None = None, only: str | None = None) -> int:
    """End a person's sign-ins, all of them, all but one session's key, or one by its mark: the next request is nobody's. Returns how many."""
    keys = [key for key, _ in sessions_of(user) if key != but and only in (None, mark_of(key))]
    Session.objects.filter(pk__in=keys).delete()
    return len(keys)


def end_own_sign_ins(user: User, *, only: str | None = None, now: datetime) -> int:
    """One of one's own sign-ins, or all of them."""
    ended = end_sign_ins(user, only=only)
    if ended:
        note_account("account.ended", user, by=user, now=now, count=ended)
    return ended


def require_ours(membership: Membership) -> None:
    """An account is one for all the places of a person: what one organisation does to it must not open another's."""
    with scope.of_person(membership.user_id):
        here = Membership.objects.filter(pk=membership.pk, is_active=True)
        places = Membership.objects.filter(user_id=membership.user_id, is_active=True, site__is_archived=False)
        is_here, is_elsewhere = here.exists(), places.exclude(site__organisation_id=membership.site.organisation_id).exists()
    if not is_here:
        raise refuse("SET-10", "They no longer belong to this site: it has no say in how they sign in elsewhere.")
    if is_elsewhere:
        raise refuse("SET-10", "They work for another organisation too. The operator takes the second step away: manage.py reset_second_factor.")


@transaction.atomic
def reset_by_operator(user: User, *, now: datetime) -> int:
    """Whoever runs the installation, at its console: for somebody whom no single administrator may reset. Returns how many factors went."""
    gone, _ = Authenticator.objects.filter(user=user).delete()
    end_sign_ins(user)
    note_account("account.factors_reset", user, by=None, now=now, factors=gone)
    account_mail.tell(user, "taken", now=now)
    return gone


@transaction.atomic
def reset_second_factor(membership: Membership, *, by: User, now: datetime) -> int:
    """A colleague lost telephone and codes: all their second factors go, and every sign-in of theirs ends. Returns how many factors went.

    Raises Refused for one's own (nobody gets around their own second factor, SET-10), for somebody who has left this site, and for somebody
    who works for another organisation too. The person knows the password still, and is led to set up a new one. Every site they belong to has
    the entry in its trail.
    """
    user = User.objects.select_for_update().get(pk=membership.user_id)
    if user.pk == by.pk:
        raise refuse("SET-10", "Ask another administrator to take your own second step away.")
    require_ours(membership)
    gone, _ = Authenticator.objects.filter(user=user).delete()
    ended = end_sign_ins(user)
    with scope.of_person(user.pk):  # theirs: each of the sites has the entry
        for place in Membership.objects.filter(user=user, is_active=True).select_related("site").order_by("site_id"):
            audit.record(action="member.factor_reset", target=place, by=by, now=now, site=place.site, changes={"factors": gone, "sign_ins": ended})
    account_mail.tell(user, "taken", now=now)
    return gone
