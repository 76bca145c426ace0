"""What a site may be called, its numbers, and the order of its certification (MSG-4, SET-1, SET-5)."""

import re
from collections.abc import Collection
from datetime import date, timedelta

from clinic.findings import Finding, block_at
from clinic.rules.standing import CERTIFYING_EVENTS, CertificationEvent, is_certified
from clinic.rules.telling import telling_word

# [check] The rulebook names the task and no term; ten days is ours, kept in this one place (SET-5).
RECERTIFY_WITHIN = timedelta(days=10)


def public_name_findings(name: str) -> list[Finding]:
    """MSG-4: the name that patients read in messages must not tell what is treated."""
    return [block_at("public_name", "MSG-4", "This name tells what is treated. Choose a neutral one.")] if telling_word(name) else []


def dea_number_findings(number: str) -> list[Finding]:
    """DEA numbers: two letters (or a letter and 9), seven digits, the last a check digit. Empty is allowed."""
    if not number:
        return []
    if re.fullmatch(r"[A-Za-z][A-Za-z9][0-9]{7}", number, re.ASCII):
        digits = [int(digit) for digit in number[2:]]
        if (sum(digits[0:6:2]) + 2 * sum(digits[1:6:2])) % 10 == digits[6]:
            return []
    return [block_at("dea_number", "DEV-3", "That is not a DEA number: two letters and seven digits, of which the last checks the others.")]


def slug_findings(slug: str, reserved: Collection[str]) -> list[Finding]:
    """A site's word in the path: small letters, digits, hyphens; not a word that a path of ours begins with."""
    if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", slug, re.ASCII) or len(slug) > 40:
        return [block_at("slug", "SITE", "Use small letters, digits and single hyphens, at most 40.")]
    return [block_at("slug", "SITE", "That word is taken by a page of the app.")] if slug in reserved else []


def certification_findings(events: list[CertificationEvent], *, kind: str, happened_on: date, today: date) -> list[Finding]:
    """SET-1: events come in order, not from the future; only a certified site's certification can end."""
    if happened_on > today:
        return [block_at("happened_on", "SET-1", "This day hasn't come yet.")]
    if events and happened_on < max(events).happened_on:
        return [block_at("happened_on", "SET-1", f"The last event is of {max(events).happened_on:%B %-d, %Y}; a new one can't lie before it.")]
    certified = is_certified(events, happened_on)
    if kind not in CERTIFYING_EVENTS and not certified:
        return [block_at("kind", "SET-1", "The site isn't certified, so this can't end.")]
    if kind == "certified" and certified:
        return [block_at("kind", "SET-1", "The site is certified already. A new representative re-certifies it.")]
    if kind == "recertified" and not events:
        return [block_at("kind", "SET-1", "Record the first certification before a re-certification.")]
    return []


def is_another_person(before: str, after: str) -> bool:
    """Whether an authorized representative's name means somebody else (SET-5); case and spaces don't."""
    return " ".join(before.casefold().split()) != " ".join(after.casefold().split())
