"""Whether somebody has written about a patient since a page was drawn: by the number in the audit chain, which no clock can reorder."""

from django.db.models import Exists, OuterRef, QuerySet

from clinic.audit import chain_of
from clinic.models import AuditEntry, AuditHead, Site
from sessions.models import TreatmentSession

MOST_DIGITS = 18


def seq_of(site: Site) -> int:
    """The number of the site's last audited act; read it before what the page shows."""
    return AuditHead.objects.filter(pk=chain_of(site)).values_list("seq", flat=True).first() or 0


def with_news(site: Site, seq: int) -> QuerySet[TreatmentSession]:
    """Sessions with `has_news`: an act about their patient after that number, readings left out. One query."""
    acts = AuditEntry.objects.filter(chain=chain_of(site), seq__gt=seq, patient_pk=OuterRef("patient_id")).exclude(action="record.read")
    return TreatmentSession.objects.annotate(has_news=Exists(acts))


def seq_or_none(text: str) -> int | None:
    """A number of the chain from an address; None for anything else."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS else None
