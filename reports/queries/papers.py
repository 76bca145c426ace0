"""Enrolments and monitoring forms of the visits (PAT-1, PMF-1, PMF-5): the forms by the filing desk's own query."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from clinic.models import Site
from patients.models import Enrolment
from reports.rules.facts import FormFact
from sessions.models import MonitoringForm
from sessions.queries.forms import OPEN, filings_of
from sessions.states import FormStatus


def first_enrolments(site: Site) -> dict[int, date]:
    """By patient: the first day of a standing enrolment."""
    return dict(Enrolment.objects.standing().filter(site=site).order_by("-submitted_on", "-pk").values_list("patient_id", "submitted_on"))


ANSWERS: Any = MonitoringForm._meta.get_field("answers")


def forms_of(site: Site, session_pks: Iterable[int]) -> dict[int, FormFact]:
    """By session, in three queries; void forms are left out. Answers are those of the newest revision that was filed, as the national rates are."""
    pks = list(session_pks)
    filings = filings_of(site, pks)
    rows = MonitoringForm.objects.filter(site=site, session_id__in=pks).exclude(status=FormStatus.VOID).order_by("revision", "pk")
    answers: dict[int, dict[str, object]] = {}
    open_since: dict[int, list[date]] = {}
    for session, status, treatment_on, key, given in rows.values_list("session_id", "status", "treatment_on", "client_key", "answers"):
        if status == FormStatus.FILED:
            answers[session] = ANSWERS.opened(given, site=site.pk, row=key)
        if status in OPEN:
            open_since.setdefault(session, []).append(treatment_on)
    return {pk: FormFact(filing.due_on, filing.sent_on, answers.get(pk), tuple(open_since.get(pk, ()))) for pk, filing in filings.items()}
