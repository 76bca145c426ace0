"""The demonstration's written procedures: signed by nearly everybody at the beginning, one of them in a new version since today."""

import uuid
from datetime import datetime

from clinic.actions.procedures import sign_off, write_procedure, write_version
from clinic.models import Membership, Procedure, Site
from clinic.queries import today_at
from clinic.roles import Role
from clinic.signatures import IdentityProof

EMERGENCY, WAY_HOME = "Emergencies in the treatment rooms", "How a patient gets home"
TEXTS = {
    EMERGENCY: "Press the emergency button, stay with the patient, call for a second person.\n\nCall 911 where the prescriber isn’t in the room within a minute. The kit is in the corridor.",
    WAY_HOME: "Ask about the way home before the dose. Nobody drives, nobody goes alone.\n\nWhere the driver doesn’t come: call them, then call the ride service, and note both.",
}
NEWER = TEXTS[EMERGENCY] + "\n\nThe kit is checked every Monday by who opens the day."


def write(site: Site, members: dict[str, Membership], founded: datetime) -> None:
    """As the site began; one nurse hasn't signed how a patient gets home."""
    admin = members["admin"].user
    for title, text in TEXTS.items():
        version = write_procedure(
            site, title=title, text=text, effective_on=founded.date(), client_key=uuid.uuid4(), by=admin, now=founded
        )  # fmt: skip
        for word, member in members.items():
            if member.role != Role.AUDITOR and (word, title) != ("nurse2", WAY_HOME):
                sign(member, version.procedure, 1, founded)


def sign(member: Membership, procedure: Procedure, number: int, now: datetime) -> None:
    proof = IdentityProof(user=member.user, method="password")
    sign_off(member, procedure=procedure, number=number, client_key=uuid.uuid4(), proof=proof, now=now)


def renew(*, now: datetime) -> None:
    """Once: a new version at Riverside, which the administrator alone has signed yet."""
    procedure = Procedure.objects.select_related("site").get(site__slug="riverside", title=EMERGENCY)
    if procedure.versions.count() > 1:
        return
    admin = Membership.objects.filter(site=procedure.site, is_active=True, role=Role.ADMINISTRATOR).select_related("user", "site").order_by("pk")[0]
    told = {"effective_on": today_at(procedure.site, now), "reason": "The kit is checked every week", "client_key": uuid.uuid4()}
    write_version(procedure, text=NEWER, by=admin.user, now=now, **told)
    sign(admin, procedure, 2, now)
