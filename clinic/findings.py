"""What a rule has to say: a list of findings, each a block, a decision or a note (design.md, "Gates guard intentions")."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum


class Level(IntEnum):
    """How much a finding weighs: a note is shown, a decision needs a prescriber's reason, a block stops the act."""

    NOTE = 1
    DECISION = 2
    BLOCK = 3

    @property
    def word(self) -> str:
        return {Level.NOTE: "note", Level.DECISION: "decision", Level.BLOCK: "block"}[self]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing a rule noticed.

    `rule` is the rulebook's id; `code` is stable and names the finding within its gate (an override refers to it);
    `text` is the sentence for the nurse; `field` names the form field or the place that mends it, where there is one.
    """

    rule: str
    level: Level
    text: str
    code: str = ""
    field: str = ""

    @property
    def key(self) -> str:
        return self.code or self.rule


def block_at(field: str, rule: str, text: str) -> Finding:
    """A block about one field of a form."""
    return Finding(rule=rule, level=Level.BLOCK, text=text, code=f"{rule}.{field}", field=field)


class Refused(Exception):
    """An action asked its rules and was told no. Carries the findings; nothing was written."""

    def __init__(self, findings: Iterable[Finding]) -> None:
        self.findings = list(findings)
        super().__init__(" ".join(finding.text for finding in self.findings))


class Changed(Refused):
    """Somebody else changed the same thing since the page was opened. `opened` is what stands now, for the page's hidden field."""

    def __init__(self, findings: Iterable[Finding], *, opened: str) -> None:
        self.opened = opened
        super().__init__(findings)


def refuse(rule: str, text: str, *, code: str = "", field: str = "") -> Refused:
    """A refusal of one finding."""
    return Refused([Finding(rule=rule, level=Level.BLOCK, text=text, code=code, field=field)])


def blocks(findings: Iterable[Finding]) -> list[Finding]:
    return [finding for finding in findings if finding.level is Level.BLOCK]


def decisions(findings: Iterable[Finding]) -> list[Finding]:
    return [finding for finding in findings if finding.level is Level.DECISION]


def notes(findings: Iterable[Finding]) -> list[Finding]:
    return [finding for finding in findings if finding.level is Level.NOTE]


def undecided(findings: Iterable[Finding], decided: Iterable[str]) -> list[Finding]:
    """The decisions that nobody has taken yet; `decided` holds the keys of findings with a recorded override."""
    taken = set(decided)
    return [finding for finding in decisions(findings) if finding.key not in taken]


def standing_in_the_way(findings: Iterable[Finding], decided: Iterable[str]) -> list[Finding]:
    """What still stops an intention: every block, and each decision without an override."""
    listed = list(findings)
    return blocks(listed) + undecided(listed, decided)
