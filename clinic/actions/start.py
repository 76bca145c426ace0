"""The first organisation, site and invited administrator of an installation that has nobody yet."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from clinic import audit
from clinic.actions.invitations import invite
from clinic.actions.site import open_site
from clinic.findings import refuse
from clinic.models import Invitation, Organisation, Site
from clinic.models.site import validate_zone
from clinic.roles import Credential, Role


@dataclass(frozen=True)
class Start:
    """What was made; `token` is shown once and stored hashed only."""

    site: Site
    invitation: Invitation
    token: str


@transaction.atomic
def start_clinic(*, organisation: str, slug: str, zone: str, admin_email: str, admin_name: str, now: datetime, **details: Any) -> Start:
    """Make organisation, site (with its default policy and hours) and the administrator's invitation. `details` are fields of Site.

    Raises Refused when this installation has been started already, and for an unusable zone, e-mail, slug or name.
    """
    if Organisation.objects.exists():
        raise refuse("START", "This installation has been started already. Its administrator invites everybody else.", code="start.again")
    check(validate_zone, zone, "zone")
    check(validate_email, admin_email, "admin-email")
    made = Organisation.objects.create(name=organisation, created_at=now)
    audit.record(action="organisation.started", target=made, by=None, now=now, organisation=made, changes={"name": organisation})
    site = open_site(made, slug=slug, by=None, now=now, time_zone=zone, **details)
    invitation, token = invite(
        site, email=admin_email, printed_name=admin_name, role=Role.ADMINISTRATOR, credential=Credential.NONE, by=None, now=now
    )
    return Start(site, invitation, token)


def check(validate: Any, value: str, name: str) -> None:
    try:
        validate(value)
    except ValidationError as invalid:
        raise refuse("START", f"--{name}: {' '.join(invalid.messages)}", field=name) from invalid
