"""What is late on the floor of a site: overdue checks and repeats, in a handful of queries whatever the history (MON-3, MON-6)."""

from dataclasses import dataclass
from datetime import datetime

from clinic.models import Site
from sessions.models import TreatmentSession
from sessions.picture import bare_pictures_of
from sessions.queries.due import WATCHED, Due, next_due
from sessions.queries.policies import policies_for

PARTS = ("devices", "observations", "alerts")


@dataclass(frozen=True, slots=True)
class Overdue:
    session: TreatmentSession
    due: Due


def overdue_checks(site: Site, now: datetime) -> list[Overdue]:
    """Sessions in dosing or monitoring whose next check or repeat is past its grace."""
    live = list(TreatmentSession.objects.filter(site=site, status__in=WATCHED).select_related("chair", "policy").order_by("pk"))
    if not live:
        return []
    found = []
    for picture in bare_pictures_of(live, policies_for(live), PARTS):
        due = next_due(picture, now)
        if due is not None and due.is_late:
            found.append(Overdue(picture.session, due))
    return found
