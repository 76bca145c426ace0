"""Which credential goes with which role, and who may change whom (SET-10)."""

from clinic.findings import Finding, block_at
from clinic.roles import LICENSED, PRESCRIBING, Credential, Role

NEEDED: dict[str, tuple[Credential, ...]] = {Role.PRESCRIBER: PRESCRIBING, Role.MONITOR: LICENSED}


def credential_findings(role: str, credential: str) -> list[Finding]:
    """SET-10: a prescriber must be able to prescribe, a monitor must be licensed; other roles need no credential."""
    needed = NEEDED.get(role, ())
    if not needed or credential in needed:
        return []
    words = ", ".join(str(one.label) for one in needed)
    return [block_at("credential", "SET-10", f"This role needs one of these credentials: {words}.")]


def change_findings(*, is_self: bool, was_administrator: bool, stays_administrator: bool, other_administrators: int) -> list[Finding]:
    """Nobody changes their own place, and a site keeps an administrator (SET-10)."""
    if is_self:
        return [block_at("", "SET-10", "Ask another administrator to change your own place.")]
    if was_administrator and not stays_administrator and not other_administrators:
        return [block_at("role", "SET-10", "The site would be left without an administrator.")]
    return []


def is_prescriber(role: str) -> bool:
    """Whose presence counts for SET-2: the role at this site, not the letters behind a name."""
    return role == Role.PRESCRIBER
