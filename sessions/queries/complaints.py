"""Failed devices of which the maker hasn't been told yet (DOS-2)."""

from clinic.models import Notice
from sessions.models import TreatmentSession

COMPLAINT = "product_complaint"


def open_complaints(session: TreatmentSession) -> set[int]:
    """Their numbers within the session."""
    mine = Notice.objects.filter(
        site_id=session.site_id, kind=COMPLAINT, target_kind="treatmentsession", target_pk=session.pk, resolved_at__isnull=True
    )
    return {int(number) for number in mine.values_list("discriminator", flat=True)}
