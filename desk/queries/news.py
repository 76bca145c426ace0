"""Whether somebody has written about a patient since a page was drawn: by the number in the audit chain, which no clock can reorder."""

from django.db.models import Exists, OuterRef, QuerySet

from clinic.audit import chain_of
from clinic.models import AuditEntry, Site
from sessions.models import TreatmentSession

MOST_DIGITS = 18


def with_news(site: Site, seq: int) -> QuerySet[TreatmentSession]:
    """Sessions with `has_news`: an act about their patient after that number, readings left out. One query."""
    acts = AuditEntry.objects.filter(chain=chain_of(site), seq__gt=seq, patient_pk=OuterRef("patient_id")).exclude(action="record.read")
    return TreatmentSession.objects.annotate(has_news=Exists(acts))


def seq_or_none(text: str) -> int | None:
    """A number of the chain from an address; None for anything else."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS else None
