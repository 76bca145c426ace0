"""A patient who comes late: said with the latest start, never a rule of its own (DOS-9)."""

from datetime import datetime, timedelta

# Fewer than so many minutes are nobody's worry; practice.
WORTH_A_WORD = timedelta(minutes=15)


def minutes_behind(*, starts_at: datetime, now: datetime) -> int:
    """How many minutes after the visit's time it is, once that is worth a word; else 0."""
    behind = now - starts_at
    return int(behind.total_seconds() // 60) if behind >= WORTH_A_WORD else 0
