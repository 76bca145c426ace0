"""The official blanks that a site has uploaded (PMF-7)."""

from django.db.models import QuerySet

from clinic.models import Site
from sessions.models import FormBlank


def blanks_of(site: Site) -> QuerySet[FormBlank]:
    """Every blank, the newest first, without the files themselves."""
    return (
        FormBlank.objects.filter(site=site).select_related("attachment", "uploaded_by").defer("attachment__content").order_by("-uploaded_at", "-pk")
    )


def blank_for(site: Site, definition_code: str) -> FormBlank | None:
    """The blank in use for a version, if its fields have been mapped."""
    return blanks_of(site).filter(definition_code=definition_code, is_active=True).exclude(field_map={}).first()
