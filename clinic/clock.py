"""The only caller of the clock. A demonstration's or a test's offset is a row that every process reads."""

from datetime import UTC, datetime, timedelta

from django.conf import settings


def now() -> datetime:
    """The present, aware, in UTC; moved by the stored offset where the settings allow one."""
    return real_now() + offset()


def real_now() -> datetime:
    """Unmoved, without a database: for the restore of one, and for the end of a sign-in."""
    return datetime.now(UTC)


def offset() -> timedelta:
    """How far this installation's clock stands from the real one; zero in production."""
    if not settings.VIGIL_CLOCK_MAY_MOVE:
        return timedelta(0)
    from clinic.models import ClockOffset

    seconds = ClockOffset.objects.filter(id=1).values_list("seconds", flat=True).first()
    return timedelta(seconds=seconds or 0)


def move(by: timedelta) -> None:
    """Move the clock of every process of this installation; refused in production."""
    if not settings.VIGIL_CLOCK_MAY_MOVE:
        raise RuntimeError("The clock can't be moved in production.")
    from clinic.models import ClockOffset

    total = offset() + by
    ClockOffset.objects.update_or_create(id=1, defaults={"seconds": round(total.total_seconds())})
