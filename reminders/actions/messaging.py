"""Change how a site sends: provider, number, texts a week, quiet hours (MSG-1, MSG-3)."""

from collections.abc import Mapping
from datetime import datetime, time

from django.conf import settings
from django.db import transaction

from clinic import audit
from clinic.actions.merging import merged
from clinic.actions.writing import locked_site, stop_on, write
from clinic.models import Site, User
from reminders.models import SiteMessaging
from reminders.rules.linter import plain_letters
from reminders.rules.messaging import bounds_findings, provider_findings
from reminders.rules.templates import dialled

Provider = SiteMessaging.Provider


def ready_providers() -> set[str]:
    """Those that this installation has an account for."""
    has_account = {Provider.HTTP: settings.VIGIL_TEXT_URL, Provider.TWILIO: settings.VIGIL_TWILIO_ACCOUNT}
    return {str(provider) for provider, account in has_account.items() if account}


@transaction.atomic
def change_messaging(
    site: Site, *, provider: str, sender: str, texts_per_week: int, quiet_until: time, quiet_from: time, opened: Mapping[str, str] | None = None,
    by: User, now: datetime,
) -> SiteMessaging:  # fmt: skip
    """What holds for every message from now on; the sender asks anew for each. The same again writes nothing.

    Raises Refused outside of the law's bounds (MSG-1, MSG-3) and for a provider without an account or a number; Changed for what another
    administrator changed meanwhile.
    """
    place = locked_site(site)
    row, _ = SiteMessaging.objects.get_or_create(site=place, defaults={"changed_at": now, "changed_by": by})
    number = dialled(plain_letters(sender))
    typed = {"provider": provider, "sender": number, "texts_per_week": texts_per_week, "quiet_until": quiet_until, "quiet_from": quiet_from}
    values = merged(row, typed, opened)
    found = provider_findings(provider=values["provider"], sender=values["sender"], ready=ready_providers())
    stop_on([*found, *bounds_findings(**{name: values[name] for name in ("texts_per_week", "quiet_until", "quiet_from")})])
    changed = write(row, values)
    if changed:
        row.changed_at, row.changed_by = now, by
        row.save(update_fields=["changed_at", "changed_by"])
        audit.record(action="messaging.changed", target=row, by=by, now=now, site=place, changes=changed)
    return row
