"""What a clock says: the same words on the server (first paint, no JavaScript) and in static/vigil/clocks.js."""

from datetime import datetime

GRACE = 5 * 60
SOON = 5 * 60
# kind: (before, at, after); `at` lasts for the grace (MON-3), an empty one has none
WORDS: dict[str, tuple[str, str, str]] = {
    "due": ("in {t}", "due now", "late {t}"),
    "gate": ("in {t}", "", "open"),
    "rest": ("{t}", "", "over"),
    "ends": ("{t} left", "", "over"),
    "minutes": ("{t}", "", ""),
    "ago": ("{t} ago", "", ""),
    "words": ("{t}", "", ""),
    "running": ("{t}", "", ""),
}
SINCE = ("minutes", "ago", "words", "running")
# Beyond so many minutes and hours nobody reckons in them any more: what is long past, or late, is told in hours, then in days.
MINUTES, HOURS = 180, 48


def minutes_between(earlier: datetime, later: datetime) -> int:
    """Whole minutes, never below zero."""
    return max(0, int((later - earlier).total_seconds()) // 60)


def gone(seconds: int) -> str:
    """How long ago, or how late."""
    minutes = max(0, seconds) // 60
    hours = minutes // 60
    if minutes < MINUTES:
        return f"{minutes} min"
    return f"{hours} h" if hours < HOURS else f"{hours // 24} days"


def span(kind: str, seconds: int) -> str:
    """A length of time in words; seconds only matter in the last five minutes of a countdown."""
    if kind == "ago":
        return gone(seconds)
    minutes, rest = divmod(max(0, seconds), 60)
    if kind in ("rest", "running"):
        return f"{minutes}:{rest:02}"
    if kind == "minutes" or (kind != "words" and minutes >= 5 and (minutes < 60 or kind == "gate")):
        return f"{minutes} min"
    if minutes >= 60:
        return f"{minutes // 60} h {minutes % 60:02} min"
    return f"{minutes} min" if kind == "words" else f"{minutes} min {rest:02} s"


def clock_text(kind: str, seconds: int) -> tuple[str, str]:
    """(CSS state, words). `seconds` are left for a countdown, gone for the kinds of `SINCE`."""
    before, at, after = WORDS[kind]
    if kind in SINCE:
        return "", before.format(t=span(kind, seconds))
    if seconds > 0:
        return ("is-soon" if seconds <= SOON else "is-ahead"), before.format(t=span(kind, seconds))
    if at and -seconds <= GRACE:
        return "is-now", at
    late = after.format(t=gone(-seconds)) if "{t}" in after else after
    return ("is-late" if kind == "due" else "is-over"), late
