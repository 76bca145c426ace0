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
SINGLE = ("minutes", "ago")


def minutes_between(earlier: datetime, later: datetime) -> int:
    """Whole minutes, never below zero."""
    return max(0, int((later - earlier).total_seconds()) // 60)


def span(kind: str, seconds: int) -> str:
    """A length of time in words; seconds only matter in the last five minutes of a countdown."""
    minutes, rest = divmod(max(0, seconds), 60)
    if kind in ("rest", "running"):
        return f"{minutes}:{rest:02}"
    if kind in SINGLE or (kind != "words" and minutes >= 5 and (minutes < 60 or kind == "gate")):
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
    late = after.format(t=span("minutes", -seconds)) if "{t}" in after else after
    return ("is-late" if kind == "due" else "is-over"), late
