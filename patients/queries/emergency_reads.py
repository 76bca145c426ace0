"""Emergency reads: those that a reader has open now, and those of a site's charts with what was found."""

from collections.abc import Iterable
from datetime import date, datetime

from django.db.models import QuerySet

from clinic.models import Membership, Site, User
from patients.models import EmergencyRead, Patient
from patients.queries.search import born_on, patients_of
from patients.rules.names import fold

NOTICE = "emergency_read"


def other_sites(site: Site) -> QuerySet[Site]:
    """The organisation's other sites."""
    return Site.objects.filter(organisation_id=site.organisation_id, is_archived=False).exclude(pk=site.pk).order_by("name", "pk")


def open_reads(membership: Membership, now: datetime) -> QuerySet[EmergencyRead]:
    """What this person may read now from this site of theirs, the newest first."""
    rows = EmergencyRead.objects.filter(reader_id=membership.user_id, from_site_id=membership.site_id, opened_at__lte=now, ends_at__gt=now)
    return rows.filter(site__is_archived=False, site__organisation_id=membership.site.organisation_id)


def person_at(site: Site, *, last_name: str, birth_on: date) -> list[Patient]:
    """Exactly this last name, whatever its case and accents, and this birth date: nobody leafs through another site's patients."""
    born = born_on(patients_of(site, "all"), birth_on)
    return [patient for patient in born if fold(patient.last_name) == fold(last_name)]


def reads_of(site: Site) -> QuerySet[EmergencyRead]:
    """Of this site's charts, the unreviewed first."""
    rows = EmergencyRead.objects.filter(site=site).select_related("patient", "from_site", "review__reviewed_by")
    return rows.order_by("review__reviewed_at", "-opened_at", "-pk")


def to_be_told(site: Site) -> Iterable[User]:
    """Who hears of it at once: the site's administrators."""
    return User.objects.filter(memberships__site=site, memberships__is_active=True, memberships__role="administrator", is_active=True).distinct()
