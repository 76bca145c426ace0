"""What the overview reads beside the visits: whose the open findings are, and how the site itself stands; a few queries."""

from dataclasses import dataclass

from clinic.models import Site
from reports.models import AuditFinding


@dataclass(frozen=True, slots=True)
class Owned:
    """The open findings of one measure: how many, how many of them nobody's, and whose the others are."""

    count: int = 0
    nobodys: int = 0
    owners: tuple[str, ...] = ()


def owned_findings(site: Site) -> dict[str, Owned]:
    """By measure, in one query."""
    rows = AuditFinding.objects.filter(site=site, closed_at__isnull=True).order_by("owner__printed_name", "pk")
    found: dict[str, list[str | None]] = {}
    for measure, owner in rows.values_list("measure", "owner__printed_name"):
        found.setdefault(measure, []).append(owner)
    return {
        measure: Owned(len(owners), owners.count(None), tuple(dict.fromkeys(name for name in owners if name))) for measure, owners in found.items()
    }
