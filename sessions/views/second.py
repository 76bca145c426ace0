"""The second person on a page: their own e-mail and the same proof of identity as any signature; the sign-in stays whose it is (OUT-3, OUT-4)."""

from dataclasses import replace

from django.http import HttpRequest

from clinic.findings import Refused, refuse
from clinic.identity import Given, confirm_second
from clinic.models import Membership
from clinic.roles import Permission, may
from sessions.actions.early import Signer
from sessions.models import TreatmentSession


def proven_second(session: TreatmentSession, email: str, given: Given, permission: Permission, *, beside: HttpRequest, rule: str) -> Signer:
    """An active member of this site who may do the act and has just proved it. Call it before any transaction: Argon2 is slow.

    `beside` is the request of who is signed in. Raises Refused; wrong tries end nobody's sign-in and stop neither of the two elsewhere.
    """
    member = Membership.objects.select_related("user").filter(site_id=session.site_id, is_active=True, user__email__iexact=email).first()
    if member is None or not may(member.role, permission):
        text = f"Nobody of this site who may do this signs in with that e-mail ({permission.label.lower()})."
        raise refuse(rule, text, code=f"{rule}.who", field="second_email")
    try:
        return Signer(proof=confirm_second(beside, member.user, given), membership=member)
    except Refused as refused:
        raise Refused([replace(finding, field="second_password") for finding in refused.findings]) from None
