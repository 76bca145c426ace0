"""Five wrong tries, by somebody who is signed in or at the door: the reviewers of the trail have a task until one of them signs a review that covers it (SET-10)."""

from datetime import datetime, timedelta

from django.db import transaction

from clinic import account_mail, audit, scope
from clinic.actions.account import note_account
from clinic.actions.notices import raise_notice
from clinic.audit import chain_of
from clinic.models import AuditEntry, Notice, Site, User
from clinic.queries.guesses import CLOSED, newly_closed
from clinic.queries.people import sites_of
from clinic.queries.reviews import GUESSING

RULE = "SET-10"
REVIEW_WITHIN = timedelta(hours=72)
AT_THE_DOOR = "Five wrong passwords closed the sign-in of somebody here for five minutes. Ask them; look at the trail, and sign its review."


@transaction.atomic
def raise_guessing(site: Site, person: User, action: str, text: str, *, now: datetime, by: User | None) -> None:
    """One entry of the site's trail, one task about that entry, and a letter to each administrator. Call it where the fifth wrong try is stopped."""
    entry = audit.record(action=action, target=person, by=by, now=now, site=site)
    raise_notice(site, GUESSING, RULE, entry, text, now, due_at=now + REVIEW_WITHIN)
    for reviewer in reviewers(site):
        account_mail.tell(reviewer, "review", now=now)


def tell_of_closed(*, now: datetime) -> int:
    """Whom the door was shut to, and the reviewers of the site they belong to longest: once a day each. Returns how many.

    A sweep does it: were it done with the fifth wrong password, the answer's time would tell whom an address belongs to.
    """
    with scope.every():
        people = list(User.objects.filter(pk__in=newly_closed(now), is_active=True))
    for person in people:
        tell_of_one(person, now=now)
    return len(people)


@transaction.atomic
def tell_of_one(person: User, *, now: datetime) -> None:
    note_account(CLOSED, person, by=None, now=now)
    account_mail.tell(person, "closed", now=now)
    with scope.of_person(person.pk):
        place = min(sites_of(person), key=lambda place: place.pk, default=None)
    if place is not None:
        with scope.of_site(place.site_id):
            raise_guessing(place.site, person, CLOSED, AT_THE_DOOR, now=now, by=None)


def reviewers(site: Site) -> list[User]:
    """The administrators sign reviews of the trail."""
    rows = User.objects.filter(memberships__site=site, memberships__is_active=True, memberships__role="administrator", is_active=True)
    return list(rows.distinct().order_by("pk"))


def settle_guessing(site: Site, *, up_to: int, now: datetime) -> None:
    """A signed review as far as this entry has looked at the tries before it. Inside the review's transaction."""
    covered = AuditEntry.objects.filter(chain=chain_of(site), seq__lte=up_to).values("pk")
    told = Notice.objects.filter(site=site, kind=GUESSING, target_kind="auditentry", resolved_at__isnull=True, target_pk__in=covered)
    told.update(resolved_at=now, resolved_how="The trail was reviewed.")
