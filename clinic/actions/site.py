"""Open a site; change its details, certification and authorized representative (SET-1, SET-5, SET-6, MSG-4)."""

from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any

from django.db import transaction

from clinic import audit
from clinic.actions.merging import merged
from clinic.actions.notices import raise_notice, resolve_notices
from clinic.actions.writing import locked_site, stop_on, write
from clinic.findings import Finding, refuse
from clinic.models import AuthorizedRepresentative, Certification, OpeningHours, Organisation, Site, SitePolicy, User
from clinic.queries import today_at
from clinic.rules.site import (
    RECERTIFY_WITHIN,
    certification_findings,
    dea_number_findings,
    is_another_person,
    public_name_findings,
    slug_findings,
)
from clinic.rules.standing import CertificationEvent
from clinic.slugs import reserved_slugs

RECERTIFY = "recertify"


@transaction.atomic
def open_site(organisation: Organisation, *, slug: str, by: User | None, now: datetime, **details: Any) -> Site:
    """A new site with the default policy from today, open Monday to Friday 8 to 17 until it says otherwise.

    Raises Refused for a slug that is a page's (design.md, "Pages") and for a name that tells what is treated (MSG-4).
    """
    stop_on([*slug_findings(slug, reserved_slugs()), *detail_findings(details)])
    site = Site.objects.create(organisation=organisation, slug=slug, created_at=now, **details)
    SitePolicy.objects.create(site=site, effective_on=today_at(site, now), recorded_at=now, recorded_by=by, reason="The site's first policy")
    OpeningHours.objects.bulk_create([OpeningHours(site=site, weekday=day, opens_at=time(8), closes_at=time(17)) for day in range(5)])
    audit.record(action="site.opened", target=site, by=by, now=now, site=site, changes={"slug": slug, "name": site.name})
    return site


def detail_findings(details: Mapping[str, Any]) -> list[Finding]:
    return [*public_name_findings(details.get("public_name", "")), *dea_number_findings(details.get("dea_number", ""))]


@transaction.atomic
def change_details(site: Site, *, opened: Mapping[str, str] | None = None, by: User, now: datetime, **details: Any) -> Site:
    """Change name, address, phone, zone, numbers, default setting. The word in the path stays: links name it.

    Raises Changed for what another administrator changed meanwhile.
    """
    row = locked_site(site)
    values = merged(row, details, opened)
    stop_on(detail_findings(values))
    changed = write(row, values)
    if changed:
        audit.record(action="site.changed", target=row, by=by, now=now, site=row, changes=changed)
    return row


@transaction.atomic
def record_certification(site: Site, *, kind: str, happened_on: date, review_on: date | None, note: str, by: User, now: datetime) -> Certification:
    """Add an event of the REMS certification (SET-1); re-certifying closes the task of SET-5."""
    row = locked_site(site)
    events = [CertificationEvent(*event) for event in Certification.objects.filter(site=row).values_list("happened_on", "pk", "kind")]
    stop_on(certification_findings(events, kind=kind, happened_on=happened_on, today=today_at(row, now)))
    event = Certification.objects.create(
        site=row, kind=kind, happened_on=happened_on, review_on=review_on, note=note, recorded_at=now, recorded_by=by
    )
    if kind == Certification.Kind.RECERTIFIED:
        resolve_notices(row, RECERTIFY, row, "Re-certified", now)
    changes = {"kind": kind, "happened_on": happened_on, "review_on": review_on}
    audit.record(action="certification.recorded", target=event, by=by, now=now, site=row, changes=changes)
    return event


@transaction.atomic
def change_representative(site: Site, *, name: str, email: str, phone: str, from_on: date, by: User, now: datetime) -> AuthorizedRepresentative:
    """Name the authorized representative; another person than before opens the task to re-certify the setting (SET-5)."""
    row = locked_site(site)
    before = AuthorizedRepresentative.objects.filter(site=row).order_by("-from_on", "-pk").first()
    if before is not None and from_on < before.from_on:
        raise refuse("SET-5", "The representative before is named from a later day.", field="from_on")
    named = AuthorizedRepresentative.objects.create(site=row, name=name, email=email, phone=phone, from_on=from_on, recorded_at=now, recorded_by=by)
    is_another = before is not None and is_another_person(before.name, name)
    if is_another:
        text = "A new authorized representative must re-certify the setting with the REMS."
        raise_notice(row, RECERTIFY, "SET-5", row, text, now, due_at=now + RECERTIFY_WITHIN, owner=by)
    audit.record(
        action="representative.changed", target=named, by=by, now=now, site=row, changes={"from_on": from_on, "is_another_person": is_another}
    )
    return named
