"""A person's exports, and the ledger of what has left a site."""

from django.db.models import QuerySet

from clinic.models import Membership, Site, User
from reports.models import Disclosure, Export


def exports_of(site: Site, user: User) -> QuerySet[Export]:
    return Export.objects.filter(site=site, asked_by=user).order_by("-asked_at", "-pk")


def disclosures_of(site: Site) -> QuerySet[Disclosure]:
    return Disclosure.objects.filter(site=site).select_related("disclosed_by", "patient").order_by("-disclosed_at", "-pk")


def people_of(site: Site) -> list[tuple[int, str, str]]:
    """Everybody who has or had a place here, as (user, name, role)."""
    return list(Membership.objects.filter(site=site).order_by("user__printed_name", "pk").values_list("user_id", "user__printed_name", "role"))
