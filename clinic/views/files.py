"""One kept file, as a download: through its target's own door, never shown in the page."""

import uuid

from django.http import HttpRequest, HttpResponse
from django.utils.http import content_disposition_header
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from clinic import access, audit, auditing, reading, registry
from clinic.models import Attachment
from clinic.roles import Permission


@require_safe
@never_cache
def file(request: HttpRequest, site: str, uid: uuid.UUID) -> HttpResponse:
    """Whoever may see the target may have the file; whoever may not learns nothing of it."""
    here = access.site_for(request, site, Permission.VIEW_RECORD)
    kept = Attachment.objects.filter(site=here, uid=uid).first()
    door = registry.door_for(kept.target_kind) if kept is not None else None
    if kept is None or door is None:
        access.hide(request, here, Permission.VIEW_RECORD, "attachment", uid)
    target = door(request, kept.target_pk)
    patient_pk = auditing.patient_pk_of(target)
    if getattr(request, "grant", None) is not None:
        auditing.note(request, kept, patient_pk)
    reading.note(request, None)
    audit.read(target=kept, by=request.membership.user, now=request.now, site=here, patient_pk=patient_pk)  # type: ignore[attr-defined]
    return download(kept)


def download(kept: Attachment) -> HttpResponse:
    """To be saved, not opened: its type is taken as it stands, and nothing in it may run."""
    response = HttpResponse(bytes(kept.content), content_type=kept.content_type)
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=kept.file_name) or "attachment"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; frame-ancestors 'none'; sandbox"
    return response
