"""Notices that nobody has resolved yet."""

from django.db.models import F, OuterRef, QuerySet

from clinic.models import Notice, Site


def open_notices(site: Site | OuterRef | int, kind: str | None = None) -> QuerySet[Notice]:
    """Open notices, the soonest due first, those without a due time last."""
    notices = Notice.objects.filter(site=site, resolved_at__isnull=True).select_related("owner")
    if kind is not None:
        notices = notices.filter(kind=kind)
    return notices.order_by(F("due_at").asc(nulls_last=True), "raised_at", "pk")
