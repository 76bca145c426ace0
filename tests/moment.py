"""The one moment of the suite: a Wednesday, 10:00 in New York, 08:00 in Denver, far from any clock change."""

from datetime import UTC, date, datetime

NOW = datetime(2026, 6, 10, 14, 0, tzinfo=UTC)
TODAY = date(2026, 6, 10)
