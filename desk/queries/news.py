"""Whether somebody has written about a patient since a page was drawn; one query."""

from datetime import datetime

from django.db.models import OuterRef, QuerySet, Subquery

from clinic.models import AuditEntry, Site
from sessions.models import TreatmentSession


def with_last_act(site: Site) -> QuerySet[TreatmentSession]:
    """Sessions with `last_act_at`: the last audited act about their patient, readings left out."""
    acts = AuditEntry.objects.filter(site=site, patient_pk=OuterRef("patient_id")).exclude(action="record.read")
    return TreatmentSession.objects.annotate(last_act_at=Subquery(acts.order_by("-happened_at", "-pk").values("happened_at")[:1]))


def moment_or_none(text: str) -> datetime | None:
    """An aware moment from its ISO text; None for anything else."""
    try:
        moment = datetime.fromisoformat(text.replace(" ", "+"))
    except ValueError:
        return None
    return moment if moment.tzinfo is not None else None
