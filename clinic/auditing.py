"""What an auditor with a grant may open: registered pages about rows within its limits, nothing else; each view is an entry of its own."""

from datetime import datetime

from django.db import models
from django.http import HttpRequest

from clinic import audit, registry
from clinic.models import AuditorGrant, Membership


def newest_grant(membership: Membership) -> AuditorGrant | None:
    """The grant that limits this place; None for an auditor of the whole site."""
    return AuditorGrant.objects.filter(membership_id=membership.pk).order_by("-pk").first()


def is_in_force(grant: AuditorGrant, now: datetime) -> bool:
    return grant.revoked_at is None and now < grant.expires_at


def may_open(request: HttpRequest) -> bool:
    """Whether this auditor's grant, if there is one, lets the page be asked for. Sets `request.grant`."""
    grant = newest_grant(request.membership)  # type: ignore[attr-defined]
    if grant is None:
        return True
    request.grant = grant  # type: ignore[attr-defined]
    return is_in_force(grant, request.now) and registry.is_auditor_page(page_of(request))  # type: ignore[attr-defined]


def page_of(request: HttpRequest) -> str:
    return (request.resolver_match.url_name or "") if request.resolver_match is not None else ""


def covers(request: HttpRequest, row: models.Model) -> bool:
    """Whether a row lies within the request's grant; a kind that no room has spoken for does not."""
    scope = registry.scope_for(row._meta.model_name or "")
    return scope is not None and scope(request.grant, row)  # type: ignore[attr-defined]


def note(request: HttpRequest, row: models.Model, patient_pk: int | None = None) -> None:
    """One entry for each view, never merged; what the page notes of a read finds it and adds none. Polls are no views."""
    if registry.is_viewed(page_of(request)):
        audit.record(
            action="record.read", target=row, by=request.user, now=request.now, site=request.site,  # type: ignore[attr-defined, arg-type]
            patient_pk=patient_pk or patient_pk_of(row),
        )  # fmt: skip


def patient_pk_of(target: object) -> int | None:
    """Whose record a row belongs to, for "who looked at this patient"."""
    if isinstance(target, models.Model) and target._meta.model_name == "patient":
        return int(target.pk)
    session = getattr(target, "session", None)
    return getattr(target, "patient_id", None) or getattr(session, "patient_id", None)
