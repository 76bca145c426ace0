"""The nights of both clock changes in every zone of the United States: each kind at its hour on the patient's wall, and never at night (MSG-3, MSG-5)."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core import mail

from patients.models import Patient
from reminders.actions.send import send_due
from reminders.actions.sweep import sweep
from reminders.models import OutboxMessage, SiteMessaging
from reminders.queries.balance import balance_of
from reminders.rules.kinds import RULES, Kind, Slot, window_of
from reminders.rules.moments import LAWFUL, Hours, is_quiet, next_allowed
from sessions.states import Status
from tests.cast import NOW, Cast
from tests.factories.patients import ready_patient
from tests.factories.sessions import at_state

# Every zone that the time zone database keeps for the United States and its territories.
ZONES = (
    "America/New_York", "America/Detroit", "America/Kentucky/Louisville", "America/Kentucky/Monticello", "America/Indiana/Indianapolis",
    "America/Indiana/Vincennes", "America/Indiana/Winamac", "America/Indiana/Marengo", "America/Indiana/Petersburg", "America/Indiana/Vevay",
    "America/Chicago", "America/Indiana/Tell_City", "America/Indiana/Knox", "America/Menominee", "America/North_Dakota/Center",
    "America/North_Dakota/New_Salem", "America/North_Dakota/Beulah", "America/Denver", "America/Boise", "America/Phoenix", "America/Los_Angeles",
    "America/Anchorage", "America/Juneau", "America/Sitka", "America/Metlakatla", "America/Yakutat", "America/Nome", "America/Adak",
    "Pacific/Honolulu", "America/Puerto_Rico", "America/St_Thomas", "Pacific/Guam", "Pacific/Saipan", "Pacific/Pago_Pago",
)  # fmt: skip
WITHOUT = {"America/Phoenix", "Pacific/Honolulu", "America/Puerto_Rico", "America/St_Thomas", "Pacific/Guam", "Pacific/Saipan", "Pacific/Pago_Pago"}
# The Sundays on which clocks change at two in the night.
SPRING, AUTUMN = date(2027, 3, 14), date(2026, 11, 1)
NARROW = Hours(time(10, 30), time(16))
# The hour on the wall and the day, counted from the visit's (for `after` from its end's).
WALL = {Kind.THREE_DAYS: (-3, time(10)), Kind.DAY_BEFORE: (-1, time(10)), Kind.MORNING: (0, time(8)), Kind.AFTER: (1, time(10))}
LONG_AGO = timedelta(days=60)


def wall(day: date, at: time, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, at, tzinfo=zone)


@pytest.mark.parametrize("name", ZONES)
def test_every_kind_comes_at_its_hour_on_the_patients_wall(name: str) -> None:
    zone = ZoneInfo(name)
    for sunday in (SPRING, AUTUMN):
        starts = [wall(sunday + timedelta(days=day), time(hour, 30), zone).astimezone(UTC) for day in range(-1, 5) for hour in (7, 9, 13, 17, 20)]
        for starts_at in starts:
            ends_at = starts_at + timedelta(hours=3)
            for hours in (LAWFUL, NARROW):
                slot = Slot(starts_at, ends_at, starts_at - LONG_AGO, zone, hours)
                for kind, (days, at) in WALL.items():
                    base = (ends_at if kind == Kind.AFTER else starts_at).astimezone(zone).date()
                    meant = wall(base + timedelta(days=days), max(at, hours.begin), zone)
                    window = window_of(kind, slot, now=starts_at - LONG_AGO)
                    if window is None:
                        assert meant >= RULES[kind].window(slot).useless_at, (name, kind, starts_at)
                    else:
                        assert window.due_at.astimezone(zone) == meant, (name, kind, starts_at)
                        assert window.due_at.astimezone(zone).time() == meant.time()
                    # What comes too late, or is asked for at any hour of the night, waits for the morning.
                    found = window_of(Kind.AFTER, slot, now=ends_at + timedelta(hours=5))
                    assert found is not None
                    assert not is_quiet(found.due_at, zone, hours)


@pytest.mark.parametrize("name", ZONES)
def test_the_quiet_night_is_as_long_as_the_night_is(name: str) -> None:
    """From nine to eight on the wall: ten hours in spring's night, twelve in autumn's, eleven in a zone that keeps its clock."""
    zone, step = ZoneInfo(name), timedelta(minutes=15)
    for sunday, shift in ((SPRING, -1), (AUTUMN, 1)):
        evening = wall(sunday - timedelta(days=1), time(21), zone).astimezone(UTC)
        morning = wall(sunday, time(8), zone).astimezone(UTC)
        assert morning - evening == timedelta(hours=11 + (0 if name in WITHOUT else shift))
        assert not is_quiet(evening - timedelta(minutes=1), zone)
        at = evening
        while at < morning:
            assert is_quiet(at, zone), (name, at)
            assert next_allowed(at, zone) == morning
            at += step
        assert next_allowed(morning, zone) == morning
        assert next_allowed(evening, zone, NARROW) == wall(sunday, time(10, 30), zone)


@pytest.mark.django_db
@pytest.mark.parametrize(("sunday", "names"), [(SPRING, ("America/New_York", "Pacific/Honolulu")), (AUTUMN, ("America/Adak", "America/Phoenix"))])
def test_through_the_sweep_and_the_sender_each_patient_is_told_once_at_their_own_hour(cast: Cast, sunday: date, names: tuple[str, ...]) -> None:
    """Visits on the Monday after the night, and one that ended on the Saturday before it; the clock walks over every moment that matters."""
    meant: dict[tuple[int, str], datetime] = {}
    for name in names:
        zone, patient = ZoneInfo(name), ready_patient(cast.riverside, cast.of(cast.prescriber))
        Patient.objects.filter(pk=patient.pk).update(time_zone=name)
        monday, saturday = (wall(sunday + timedelta(days=day), time(14), zone).astimezone(UTC) for day in (1, -1))
        common = {"patient": patient, "booked_at": monday - LONG_AGO, "slot_set_at": monday - LONG_AGO}
        coming = at_state(Status.BOOKED, cast, starts_at=monday, ends_at=monday + timedelta(hours=3), **common)
        past = at_state(Status.DISCHARGED, cast, now=saturday, starts_at=saturday - timedelta(hours=3), ends_at=saturday, **common)
        meant |= {
            (coming.pk, kind): wall(sunday + timedelta(days=1 + days), at, zone).astimezone(UTC)
            for kind, (days, at) in WALL.items() if kind != Kind.AFTER
        }  # fmt: skip
        meant[past.pk, Kind.AFTER] = wall(sunday, time(10), zone).astimezone(UTC)
    for moment in sorted({one for at in meant.values() for one in (at - timedelta(minutes=1), at)}):
        sweep(now=moment)
        send_due(now=moment)
    sent = OutboxMessage.objects.filter(status="sent").values_list("session_id", "kind", "sent_at")
    assert {(pk, kind): at for pk, kind, at in sent} == meant
    assert len(mail.outbox) == len(meant)


@pytest.mark.django_db
def test_the_site_s_own_hours_are_derived_with(cast: Cast) -> None:
    """Not put off at sending: the row says from the beginning when it will go, and the hourly count agrees."""
    SiteMessaging.objects.create(site=cast.riverside, quiet_until=time(10, 30), quiet_from=time(16), changed_at=NOW, changed_by=cast.admin)
    zone = cast.riverside.zone
    for sunday in (SPRING, AUTUMN):
        starts_at = wall(sunday, time(17), zone).astimezone(UTC)
        visit = at_state(Status.BOOKED, cast, starts_at=starts_at, ends_at=starts_at + timedelta(hours=1), booked_at=NOW - LONG_AGO)
        night = wall(sunday, time(0, 30), zone).astimezone(UTC)
        sweep(now=night)
        due = dict(OutboxMessage.objects.filter(session=visit, status="due").values_list("kind", "due_at"))
        morning = wall(sunday, time(10, 30), zone)
        assert due == {"day_before": morning, "morning": morning}
        assert balance_of(cast.riverside, night).is_even
        # A visit at eleven: by the site's hours nothing of that morning could still help.
        early = wall(sunday, time(11), zone).astimezone(UTC)
        other = at_state(Status.BOOKED, cast, starts_at=early, ends_at=early + timedelta(hours=1), booked_at=NOW - LONG_AGO)
        sweep(now=night)
        assert not OutboxMessage.objects.filter(session=other).exists()
        assert balance_of(cast.riverside, night).is_even
