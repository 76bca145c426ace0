"""Whether a member of staff may prescribe: the role and a prescribing credential (SET-10)."""

from clinic.findings import refuse
from clinic.models import Membership
from clinic.roles import PRESCRIBING, Permission, may


def is_prescriber(member: Membership) -> bool:
    return member.is_active and may(member.role, Permission.PRESCRIBE) and member.credential in PRESCRIBING


def require_prescriber(member: Membership, rule: str) -> None:
    """Raises Refused unless the member may prescribe at this site."""
    if not is_prescriber(member):
        raise refuse(rule, "Only a prescriber may do this.", code=f"{rule}.prescriber")
