"""Which visits are read: those of a range of days, or some of them; as a condition on visits and on what belongs to them."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from clinic.models import Site


@dataclass(frozen=True, slots=True)
class Which:
    """Without `keys` every visit of the days."""

    site: Site
    first: date
    last: date
    keys: frozenset[int] | None = None

    @property
    def visits(self) -> Q:
        return self.told("")

    @property
    def of_sessions(self) -> Q:
        return self.told("session__")

    def told(self, before: str) -> Q:
        if self.keys is not None:
            return Q(**{f"{before}pk__in": self.keys, f"{before}site": self.site})
        return Q(**{f"{before}site": self.site, f"{before}treatment_on__gte": self.first, f"{before}treatment_on__lte": self.last})
