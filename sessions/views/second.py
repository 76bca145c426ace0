"""The second person on a page: their own e-mail and the same proof of identity as any signature; the sign-in stays whose it is (OUT-3, OUT-4)."""

from dataclasses import replace

from clinic.findings import Refused, refuse
from clinic.models import Membership, User
from clinic.roles import Permission, may
from clinic.signatures import confirm_identity
from sessions.actions.early import Signer
from sessions.models import TreatmentSession


def proven_second(session: TreatmentSession, email: str, password: str, permission: Permission, *, beside: User, rule: str) -> Signer:
    """An active member of this site who may do the act and has just proved it. Call it before any transaction: Argon2 is slow.

    Raises Refused; wrong passwords count for this person beside the one who is signed in, and lock neither of them out elsewhere.
    """
    member = Membership.objects.select_related("user").filter(site_id=session.site_id, is_active=True, user__email__iexact=email).first()
    if member is None or not may(member.role, permission):
        text = f"Nobody of this site who may do this signs in with that e-mail ({permission.label.lower()})."
        raise refuse(rule, text, code=f"{rule}.who", field="second_email")
    try:
        return Signer(proof=confirm_identity(member.user, password, beside=beside), membership=member)
    except Refused as refused:
        raise Refused([replace(finding, field="second_password") for finding in refused.findings]) from None
