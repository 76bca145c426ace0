"""Which six digits are good enough for a PIN."""

from itertools import pairwise

from clinic.findings import Finding, block_at

LENGTH = 6


def is_pin(text: str) -> bool:
    """Whether it has the shape of a PIN at all."""
    return len(text) == LENGTH and text.isascii() and text.isdigit()


def pin_findings(pin: str) -> list[Finding]:
    """Six digits, and none of those that everybody tries first."""
    if not is_pin(pin):
        return [block_at("pin", "SITE", "A PIN has six digits.")]
    steps = {(int(after) - int(before)) % 10 for before, after in pairwise(pin)}
    halves_are_same = pin[:3] == pin[3:] or pin[:2] * 3 == pin
    if len(set(pin)) < 3 or len(steps) == 1 or halves_are_same:
        return [block_at("pin", "SITE", "That one is guessed first. Choose digits that neither rise in order nor repeat.")]
    return []
