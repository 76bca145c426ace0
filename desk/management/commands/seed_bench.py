"""A site of the size of years: the demonstration, cloned to 100,000 past sessions by the database itself, and 12 chairs under watch."""
# ruff: noqa: S608  the numbers come from the code, the statements clone rows

import json
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.core.management.base import BaseCommand, CommandError
from django.db import connection, models, transaction

from clinic import clock
from clinic.fields import opened_values
from clinic.models import Chair, Site, User
from clinic.queries import today_at
from desk.demo.cloning import copied, in_clear, seal_clones
from patients.models import Course, Patient
from sessions.models import Alert, DeviceUse, FormSend, HelpCall, MonitoringForm, Observation, Round, SessionEvent, TreatmentSession
from sessions.states import PRESENT

PATIENTS = 4000
NAME = "Bench"
A_DAY = 60
CHAIRS = 12
# The last check was taken so many minutes ago; the next one and the next round are still to come.
MID_WATCH = 8
PLAIN_BACKEND = "django.contrib.auth.backends.ModelBackend"


class Command(BaseCommand):
    help = "Fills a demonstration on PostgreSQL for `make bench`."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--sessions", type=int, default=100_000)
        parser.add_argument("--loud", action="store_true", help="Turn the calm floor into a bad one: alerts open, checks late.")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.VIGIL_DEMONSTRATION or connection.vendor != "postgresql":
            raise CommandError("Only for a demonstration on PostgreSQL.")
        site = Site.objects.get(slug="riverside")
        if not site.chairs.filter(name="Room 12").exists():
            fill(site, options["sessions"])
        if options["loud"]:
            make_loud(site)
        self.stdout.write(json.dumps(told(site)))


@transaction.atomic
def fill(site: Site, sessions: int) -> None:
    Chair.objects.bulk_create([Chair(site=site, name=f"Room {number}", position=number) for number in range(7, 13)])
    history(site, sessions)
    watch_all(site)
    booked_week(site)


def history(site: Site, sessions: int) -> None:
    """Clone one discharged session with its devices, checks, form and proof, over many patients and years."""
    old = TreatmentSession.objects.filter(site=site, status="discharged", forms__status="filed").order_by("-treatment_on").first()
    assert old is not None
    base = last_of_the_demonstration()
    clone(Patient, f"e.id = {old.patient_id}", f"generate_series(1, {PATIENTS}) g", patient_columns(old.patient))
    seal_clones(Patient.objects.filter(pk__gt=base))
    clone(Course, f"e.id = {old.course_id}", f"patients_patient p WHERE p.id > {base}", {"patient_id": "p.id"})
    first = TreatmentSession.objects.order_by("-pk").values_list("pk", flat=True)[0]
    whose = f"(SELECT g, {base} + 1 + g % {PATIENTS} AS pid FROM generate_series(1, {sessions}) g) n JOIN patients_course c ON c.patient_id = n.pid"
    clone(TreatmentSession, f"e.id = {old.pk}", whose, session_columns(site))
    mine = f"treatment_sessions_treatmentsession s WHERE s.id > {first} AND e.session_id = {old.pk}"
    shift = f"(s.starts_at - timestamptz '{old.starts_at.isoformat()}')"
    for model in (DeviceUse, Observation):
        clone(model, "true", mine, {"session_id": "s.id", "client_key": "gen_random_uuid()", **moved(shift, "observed_at", "recorded_at")})
    form = {"session_id": "s.id", "signature_id": "NULL", "client_key": "gen_random_uuid()", "confirm_key": "NULL", "treatment_on": "s.treatment_on"}
    days = {name: f"s.treatment_on + (e.{name} - e.treatment_on)" for name in ("due_on", "staffed_due_on")}
    clone(MonitoringForm, "true", mine, {**form, **days, **moved(shift, "owed_at", "completed_at", "filed_at")})
    send = {"form_id": "f.id", "client_key": "gen_random_uuid()", **moved(shift, "sent_at", "recorded_at", "outcome_at")}
    sends = "treatment_sessions_monitoringform f JOIN treatment_sessions_treatmentsession s ON s.id = f.session_id"
    clone(FormSend, f"e.form_id = {old.forms.get().pk}", f"{sends} WHERE s.id > {first}", send)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def last_of_the_demonstration() -> int:
    return max(pk for pk, name in opened_values(Patient.objects.all(), "last_name") if not name.startswith(NAME))


def watch_all(site: Site) -> None:
    """Twelve chairs, each with somebody in the middle of a watch in which nothing is late and no alert open; who was here has gone home."""
    now = clock.now()
    here = TreatmentSession.objects.filter(site=site, status__in=PRESENT)
    nurse = User.objects.get(email="nurse@demo.example")
    Alert.objects.filter(session__in=here, closed_at__isnull=True).update(closed_at=now, closed_by=nurse, closed_how="Gone home")
    HelpCall.objects.filter(session__in=here, answered_at__isnull=True).update(answered_at=now, answered_by=nurse)
    checks = Observation.objects.filter(session__site=site, session__status="monitoring", planned_minute__isnull=False)
    last = checks.order_by("-planned_minute", "-observed_at")[0]
    here.update(status="discharged", discharged_at=now)
    for chair in site.chairs.filter(is_active=True).order_by("position")[:CHAIRS]:
        seat(chair, last, minutes_ago=MID_WATCH)


def seat(chair: Chair, last: Observation, *, minutes_ago: int) -> None:
    """The watch that ended with this check once more, for the chair's own patient, moved so that the check was taken so many minutes ago."""
    before = TreatmentSession.objects.order_by("-pk").values_list("pk", flat=True)[0]
    shift = clock.now() - timedelta(minutes=minutes_ago) - last.observed_at
    moved_by = f"interval '{shift.total_seconds()} seconds'"
    patient = last_of_the_demonstration() + chair.position + (100 if minutes_ago > MID_WATCH else 0)
    own = {
        "uid": "gen_random_uuid()", "patient_id": "c.patient_id", "course_id": "c.id", "escort_id": "NULL", "order_id": "NULL", "chair_id": str(chair.pk),
        "status": "'monitoring'", "discharged_at": "NULL", **moved(moved_by, "starts_at", "ends_at", "arrived_at", "cleared_at", "dosing_at", "monitoring_at"),
    }  # fmt: skip
    clone(TreatmentSession, f"e.id = {last.session_id}", f"patients_course c WHERE c.patient_id = {patient}", own)
    facts = {"session_id": "s.id", "client_key": "gen_random_uuid()", **moved(moved_by, "observed_at", "recorded_at")}
    mine = f"treatment_sessions_treatmentsession s WHERE s.id > {before}"
    for model in (DeviceUse, Observation, Round, SessionEvent):
        clone(model, f"e.session_id = {last.session_id} AND e.observed_at <= '{last.observed_at.isoformat()}'", mine, facts)


def make_loud(site: Site) -> None:
    """Two chairs with a critical alert, two with a high one whose repeat is overdue, two with a late check; six stay calm."""
    now = clock.now()
    live = list(watched(site))
    for number, session in enumerate(live[:4]):
        check = session.observations.order_by("-observed_at")[0]
        critical = {"tier": "critical", "what": "spo2", "text": "SpO₂ 88 %"}
        high = {"tier": "high", "what": "pressure", "text": "Pressure 174/104", "repeat_due_at": now - timedelta(minutes=20)}
        Alert.objects.create(
            site=site, session=session, observation=check, raised_at=now - timedelta(minutes=30), **(critical if number < 2 else high)
        )
    for session in live[4:6]:
        last = session.observations.order_by("-observed_at")[0]
        TreatmentSession.objects.filter(pk=session.pk).update(status="discharged", discharged_at=now)
        seat(session.chair, last, minutes_ago=MID_WATCH + 40)


def patient_columns(old: Patient) -> dict[str, str]:
    names = {"last_name": f"'{NAME}' || g", "name_folded": f"'{NAME.lower()}' || lpad(g::text, 5, '0') || ', amber'", "mrn": "'B' || g"}
    return {"uid": "gen_random_uuid()", "moved_from_id": "NULL", **in_clear(old), **names, "mrn_index": "NULL"}


def session_columns(site: Site) -> dict[str, str]:
    """Sixty visits a day, back through the years, over the site's chairs."""
    days = f"make_interval(days => 8 + n.g / {A_DAY})"
    chairs = list(site.chairs.order_by("position").values_list("pk", flat=True))
    stamps = ("starts_at", "ends_at", "booked_at", "arrived_at", "cleared_at", "dosing_at", "monitoring_at", "discharged_at")
    return {
        "uid": "gen_random_uuid()",
        "patient_id": "n.pid",
        "course_id": "c.id",
        "order_id": "NULL",
        "escort_id": "NULL",
        "chair_id": f"(ARRAY{chairs})[1 + n.g % {len(chairs)}]",
        "treatment_on": f"e.treatment_on - (8 + n.g / {A_DAY})",
        **{name: f"e.{name} - {days}" for name in stamps},
    }


def moved(shift: str, *names: str) -> dict[str, str]:
    return {name: f"e.{name} + {shift}" for name in names}


def clone(model: type[models.Model], only: str, source: str, changes: dict[str, str]) -> None:
    """INSERT … SELECT of the rows `e` that `only` names, once for each row of `source`, with some columns changed."""
    columns = {field.column: copied(field) for field in model._meta.concrete_fields if not field.primary_key}
    changed = {name: value for name, value in changes.items() if name in columns}
    values = (columns | changed).values()
    names = ", ".join(f'"{column}"' for column in columns)
    table, word = model._meta.db_table, "AND" if " WHERE " in source else "WHERE"
    statement = f'INSERT INTO "{table}" ({names}) SELECT {", ".join(values)} FROM "{table}" e CROSS JOIN {source} {word} {only}'
    with connection.cursor() as cursor:
        cursor.execute(statement)


def week_on(site: Site) -> date:
    """The Monday of the week by which the schedule is measured, well ahead."""
    ahead = today_at(site, clock.now()) + timedelta(days=60)
    return ahead - timedelta(days=ahead.weekday())


def booked_week(site: Site) -> None:
    """200 visits on 12 chairs in six days."""
    pattern, monday = TreatmentSession.objects.filter(site=site, status="booked").order_by("pk").first(), week_on(site)
    assert pattern is not None
    starts = f"(date '{monday}' + n.g % 6 + time '08:00' + make_interval(hours => 3 * (n.g / 72))) AT TIME ZONE '{site.time_zone}'"
    chairs = list(site.chairs.order_by("position").values_list("pk", flat=True))[:CHAIRS]
    whose = f"generate_series(0, 199) n(g) JOIN patients_course c ON c.patient_id = {last_of_the_demonstration()} + 1 + n.g"
    columns = {
        "uid": "gen_random_uuid()", "patient_id": "c.patient_id", "course_id": "c.id", "order_id": "NULL", "escort_id": "NULL",
        "chair_id": f"(ARRAY{chairs})[1 + n.g / 6 % {CHAIRS}]", "treatment_on": f"date '{monday}' + n.g % 6",
        "starts_at": starts, "ends_at": f"{starts} + interval '3 hours'",
    }  # fmt: skip
    clone(TreatmentSession, f"e.id = {pattern.pk}", whose, columns)


def watched(site: Site) -> Any:
    """Everybody under watch, by chair."""
    return TreatmentSession.objects.filter(site=site, status="monitoring").select_related("chair").order_by("chair__position", "pk")


def told(site: Site) -> dict[str, object]:
    """What the measuring needs: a nurse's sign-in, live sessions, and how much there is."""
    nurse = User.objects.get(email="nurse@demo.example")
    live = watched(site)
    past = TreatmentSession.objects.filter(site=site).count()
    cookies = {"cookie": signed_in(nurse, settings.AUTHENTICATION_BACKENDS[0]), "floor_cookie": signed_in(nurse, PLAIN_BACKEND)}
    return {**cookies, "sessions": past, "live": [session.pk for session in live], "nurse": nurse.pk, "week": week_on(site).isoformat()}


def signed_in(person: User, backend: str) -> str:
    """The cookie of a session for one of the backends: the floor knows Django's own alone."""
    store = SessionStore()
    store[SESSION_KEY], store[HASH_SESSION_KEY], store[BACKEND_SESSION_KEY] = str(person.pk), person.get_session_auth_hash(), backend
    store.set_expiry(timedelta(hours=6))
    store.create()
    return str(store.session_key)
