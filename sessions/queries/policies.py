"""Which policy judges a session: the one fixed at arrival, else the one in force on its day."""

from collections.abc import Iterable

from django.db.models import QuerySet

from clinic.models import SitePolicy
from clinic.prepared import prepared
from sessions.models import TreatmentSession


@prepared
def policies_at(site_pks: list[int]) -> QuerySet[SitePolicy]:
    return SitePolicy.objects.filter(site_id__in=site_pks).order_by("effective_on", "pk")


def policies_for(sessions: Iterable[TreatmentSession]) -> dict[int, SitePolicy]:
    """Policy by session pk, in one query for all of them."""
    listed = list(sessions)
    versions: dict[int, list[SitePolicy]] = {}
    for policy in policies_at(list({session.site_id for session in listed})):
        versions.setdefault(policy.site_id, []).append(policy)
    return {session.pk: in_force(session, versions[session.site_id]) for session in listed}


def in_force(session: TreatmentSession, versions: list[SitePolicy]) -> SitePolicy:
    """The version of the session's day; the first one for a day before any (history that was imported)."""
    if session.policy_id is not None:
        return next(policy for policy in versions if policy.pk == session.policy_id)
    begun = [policy for policy in versions if policy.effective_on <= session.treatment_on]
    return begun[-1] if begun else versions[0]


def policy_for(session: TreatmentSession) -> SitePolicy:
    """One session's policy; without a query where it was fixed and came with the row."""
    fixed = session.policy if session.policy_id is not None else None
    return fixed or policies_for([session])[session.pk]
