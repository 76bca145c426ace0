"""The door to an export: its own person's alone, and only while their role may still make one of its kind."""

from django.http import HttpRequest

from clinic.access import require, row_for
from clinic.roles import Permission
from reports.kinds import kind_of
from reports.models import Export


def export_for(request: HttpRequest, pk: int) -> Export:
    """One export of the request's site and person. `clinic.access.site_for` comes first; another person's is hidden like another site's."""
    own = Export.objects.select_related("site").filter(asked_by=request.user)  # type: ignore[misc]
    export: Export = row_for(request, own, pk, Permission.EXPORT, "export")
    require(request, kind_of(export.kind).permission, "export", pk)
    return export
