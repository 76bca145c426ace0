"""Which policy was in force when."""

from collections.abc import Iterable, Mapping
from datetime import date

from django.db.models import QuerySet

from clinic.models import Site, SitePolicy


def policies_of(site: Site) -> QuerySet[SitePolicy]:
    """Every version, newest first."""
    return SitePolicy.objects.filter(site=site).select_related("recorded_by").order_by("-effective_on", "-pk")


def policy_on(site: Site, day: date) -> SitePolicy:
    """The version in force on a day; before the first version, the first. Raises DoesNotExist at a site without any."""
    mine = SitePolicy.objects.filter(site=site)
    found = mine.filter(effective_on__lte=day).order_by("-effective_on", "-pk").first()
    return found or mine.earliest("effective_on", "pk")


def policies_on(site: Site, days: Iterable[date]) -> dict[date, SitePolicy]:
    """The version in force on each of many days, in one query."""
    versions = list(SitePolicy.objects.filter(site=site).order_by("effective_on", "pk"))
    return {day: next((version for version in reversed(versions) if version.effective_on <= day), versions[0]) for day in days}


def asking_second_factor(days: Mapping[int, date]) -> set[int]:
    """Of many sites, each on a day of its own, those whose policy in force asks for a second factor; one query."""
    asks: dict[int, bool] = {}
    rows = SitePolicy.objects.filter(site__in=days).order_by("effective_on", "pk")
    for site, effective_on, second_factor in rows.values_list("site_id", "effective_on", "second_factor"):
        if site not in asks or effective_on <= days[site]:
            asks[site] = second_factor
    return {site for site in days if asks.get(site, True)}
