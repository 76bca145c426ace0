"""The floor as the watchman reads it: everybody in the house, the forms, and what lies open; the board derives the same from its own reading."""

from datetime import datetime

from clinic.models import Site
from clinic.queries import today_at
from sessions.models import TreatmentSession
from sessions.picture import bare_pictures_of
from sessions.queries.concerns import Concern, concerns, form_states, has_visits
from sessions.queries.forgotten import is_explained
from sessions.queries.forms import days_of, forms_owed, listed
from sessions.queries.loose import read_loose
from sessions.queries.policies import policies_for
from sessions.states import PRESENT

PARTS = ("devices", "observations", "rounds", "alerts")


def concerns_of(site: Site, now: datetime) -> list[Concern]:
    """A handful of queries, whatever the history."""
    today = today_at(site, now)
    present = TreatmentSession.objects.filter(site=site, status__in=PRESENT).select_related("chair", "policy")
    live = list(present.annotate(explained=is_explained()).order_by("pk"))
    pictures = bare_pictures_of(live, policies_for(live), PARTS) if live else []
    forms = list(listed(forms_owed(site)))
    loose = read_loose(site, now, *days_of(forms, [today, *(session.treatment_on for session in live)], site.zone))
    statuses = TreatmentSession.objects.filter(site=site, treatment_on=today).order_by().values_list("status", flat=True).distinct()
    return concerns(
        site, now, pictures=pictures, loose=loose, forms=form_states(forms, loose.calendar, today),
        has_visits=has_visits(statuses),
    )  # fmt: skip
