"""How a site may send: its provider and number, texts a week, quiet hours narrower than the law's (MSG-1, MSG-3)."""

import re
from collections.abc import Collection
from datetime import date, datetime, time, timedelta

from clinic.findings import Finding, block_at
from reminders.rules.moments import QUIET_FROM, QUIET_UNTIL

MOST_A_WEEK = 7
LEAST_OPEN = timedelta(hours=4)


def provider_findings(*, provider: str, sender: str, ready: Collection[str]) -> list[Finding]:
    """`ready` are the providers that this installation has an account for."""
    if not provider:
        return []
    if provider not in ready:
        return [block_at("provider", "MSG-1", "This installation has no account there yet: its operator sets one up first.")]
    if not sender:
        return [block_at("sender", "MSG-1", "Which number do the texts come from?")]
    if not re.fullmatch(r"\+[1-9][0-9]{7,14}|[0-9]{5,6}", sender, re.ASCII):
        return [block_at("sender", "MSG-1", "Write the number with its country, for example +15185550100, or a short code of 5 or 6 digits.")]
    return []


def bounds_findings(*, texts_per_week: int, quiet_until: time, quiet_from: time) -> list[Finding]:
    found = []
    if not 1 <= texts_per_week <= MOST_A_WEEK:
        found.append(block_at("texts_per_week", "MSG-1", f"Between 1 and {MOST_A_WEEK} a week."))
    if quiet_until < QUIET_UNTIL:
        found.append(block_at("quiet_until", "MSG-3", "Nobody may be written to before 8:00; the site can only begin later."))
    if quiet_from > QUIET_FROM:
        found.append(block_at("quiet_from", "MSG-3", "Nobody may be written to from 21:00 on; the site can only end earlier."))
    if not found and hours_between(quiet_until, quiet_from) < LEAST_OPEN:
        found.append(block_at("quiet_from", "MSG-3", "Leave four hours a day at least, or messages come too late."))
    return found


def hours_between(begin: time, end: time) -> timedelta:
    day = date(2000, 1, 1)
    return datetime.combine(day, end) - datetime.combine(day, begin)
