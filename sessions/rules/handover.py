"""Handing chairs to a colleague: who may, and what an offer can still become (SET-3, SET-10)."""

from clinic.findings import Finding, block_at

COVER_MINUTES = (5, 10, 15, 20, 30)


def offer_findings(*, is_self: bool, may_watch: bool, chairs: int, is_waiting: bool, minutes: int | None) -> list[Finding]:
    """Why these chairs can't be offered to that person."""
    if not chairs:
        return [block_at("", "SET-3", "No chair is yours just now, so there is nothing to hand over.")]
    if is_waiting:
        return [block_at("", "SET-3", "Your chairs are offered to somebody already: take that back first.")]
    if is_self or not may_watch:
        return [block_at("to", "SET-10", "Name a colleague who is licensed to monitor.")]
    if minutes is not None and minutes not in COVER_MINUTES:
        return [block_at("minutes", "SET-3", "Choose how many minutes.")]
    return []


def answer_findings(*, is_for_me: bool, is_ended: bool) -> list[Finding]:
    """Why this person can't accept or decline an offer."""
    if not is_for_me:
        return [block_at("", "SET-3", "These chairs are offered to somebody else.")]
    return [block_at("", "SET-3", "This offer was taken back or is over. Look at the board.")] if is_ended else []


def withdraw_findings(*, is_mine: bool, is_accepted: bool, is_ended: bool) -> list[Finding]:
    """Why the giver can't take an offer back."""
    if not is_mine or is_ended:
        return [block_at("", "SET-3", "There is no such offer of yours.")]
    return [block_at("", "SET-3", "It was accepted already: your colleague hands back, or you take over.")] if is_accepted else []


def return_findings(*, is_mine: bool, is_cover: bool, is_accepted: bool) -> list[Finding]:
    """Why this person can't come back to chairs: only the giver of a cover that was accepted can."""
    return [] if is_mine and is_cover and is_accepted else [block_at("", "SET-3", "Nobody covers chairs of yours.")]


def take_over_findings(*, is_self: bool, may_watch: bool, chairs: int, reason: str) -> list[Finding]:
    """Why chairs can't be taken over. Never because their owner seems to be here: that is only put on record."""
    if not may_watch:
        return [block_at("", "SET-10", "Only somebody licensed to monitor takes chairs over.")]
    if is_self or not chairs:
        return [block_at("owner", "SET-3", "These chairs are not there to be taken over any more.")]
    return [] if reason.strip() else [block_at("reason", "SET-3", "Say why: for example where their nurse is.")]
