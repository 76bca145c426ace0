"""A positive suicide item of a score is loud on every page of those who may act on it, until one of them has (PRE-4)."""

from datetime import datetime

from django.db.models import Exists, OuterRef
from django.http import HttpRequest
from django.urls import reverse

from clinic.models import Site
from clinic.roles import Permission, may
from patients.models import Assessment
from patients.queries.scores import open_risks
from patients.scales import scale_of
from sessions.queries.calls import Call


def has_risk_calls(now: datetime) -> Exists:
    """For the site's door."""
    return Exists(open_risks(OuterRef("site_id")).select_related(None).order_by())


def risk_calls(request: HttpRequest) -> list[Call]:
    """The lines of every clinician: whoever is free goes."""
    site: Site = request.site  # type: ignore[assignment]
    if not may(request.membership.role, Permission.ANSWER_RISK):  # type: ignore[attr-defined]
        return []
    return [risk_call(row, site) for row in open_risks(site)]


def risk_call(row: Assessment, site: Site) -> Call:
    scale = scale_of(row.instrument)
    title = f"{row.patient.short_name}: suicide item positive"
    text = f"{scale.name}, item {scale.suicide_number}. See or call the patient, then say what was done"
    return Call("critical", title, text, row.recorded_at, reverse("risk_answer", args=[site.slug, row.pk]))
