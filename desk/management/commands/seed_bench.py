"""A site of the size of years: the demonstration, cloned to 100,000 past sessions by the database itself, and 12 live chairs."""
# ruff: noqa: S608  the numbers come from the code, the statements clone rows

import json
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.core.management.base import BaseCommand, CommandError
from django.db import connection, models, transaction

from clinic.models import Chair, Site, User
from patients.models import Course, Patient
from sessions.models import DeviceUse, FormSend, MonitoringForm, Observation, Round, SessionEvent, TreatmentSession

PATIENTS = 4000
A_DAY = 60
PLAIN_BACKEND = "django.contrib.auth.backends.ModelBackend"


class Command(BaseCommand):
    help = "Fills a demonstration on PostgreSQL for `make bench`."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--sessions", type=int, default=100_000)

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.VIGIL_DEMONSTRATION or connection.vendor != "postgresql":
            raise CommandError("Only for a demonstration on PostgreSQL.")
        site = Site.objects.get(slug="riverside")
        if not site.chairs.filter(name="Room 12").exists():
            fill(site, options["sessions"])
        self.stdout.write(json.dumps(told(site)))


@transaction.atomic
def fill(site: Site, sessions: int) -> None:
    Chair.objects.bulk_create([Chair(site=site, name=f"Room {number}", position=number) for number in range(7, 13)])
    history(site, sessions)


def history(site: Site, sessions: int) -> None:
    """Clone one discharged session with its devices, checks, form and proof, over many patients and years."""
    old = TreatmentSession.objects.filter(site=site, status="discharged", forms__status="filed").order_by("-treatment_on").first()
    assert old is not None
    base = Patient.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    clone(Patient, f"e.id = {old.patient_id}", f"generate_series(1, {PATIENTS}) g", patient_columns())
    clone(Course, f"e.id = {old.course_id}", f"patients_patient p WHERE p.id > {base}", {"patient_id": "p.id"})
    more_live(site, base)
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


def more_live(site: Site, base: int) -> None:
    """Rooms 7 to 12: the sessions under watch once more, each with a patient of its own, their devices, checks, rounds and events."""
    watched = list(TreatmentSession.objects.filter(site=site, status="monitoring").order_by("pk").values_list("pk", flat=True))
    for number, chair in enumerate(site.chairs.filter(position__gt=6).order_by("position"), start=1):
        old = watched[number % len(watched)]
        before = TreatmentSession.objects.order_by("-pk").values_list("pk", flat=True)[0]
        own = {"uid": "gen_random_uuid()", "patient_id": "c.patient_id", "course_id": "c.id", "escort_id": "NULL", "order_id": "NULL"}
        clone(TreatmentSession, f"e.id = {old}", f"patients_course c WHERE c.patient_id = {base + number}", {**own, "chair_id": str(chair.pk)})
        for model in (DeviceUse, Observation, Round, SessionEvent):
            facts = {"session_id": "s.id", "client_key": "gen_random_uuid()"}
            clone(model, f"e.session_id = {old}", f"treatment_sessions_treatmentsession s WHERE s.id > {before}", facts)


def patient_columns() -> dict[str, str]:
    names = {"last_name": "'Bench' || g", "name_folded": "'bench' || lpad(g::text, 5, '0') || ', amber'", "mrn": "'B' || g"}
    return {"uid": "gen_random_uuid()", "moved_from_id": "NULL", **names}


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
    columns = [field.column for field in model._meta.concrete_fields if not field.primary_key]
    changed = {name: value for name, value in changes.items() if name in columns}
    values = [changed.get(column, f'e."{column}"') for column in columns]
    names = ", ".join(f'"{column}"' for column in columns)
    table, word = model._meta.db_table, "AND" if " WHERE " in source else "WHERE"
    statement = f'INSERT INTO "{table}" ({names}) SELECT {", ".join(values)} FROM "{table}" e CROSS JOIN {source} {word} {only}'
    with connection.cursor() as cursor:
        cursor.execute(statement)


def told(site: Site) -> dict[str, object]:
    """What the measuring needs: a nurse's sign-in, live sessions, and how much there is."""
    nurse = User.objects.get(email="nurse@demo.example")
    watched = TreatmentSession.objects.filter(site=site, status="monitoring").order_by("pk")
    past = TreatmentSession.objects.filter(site=site).count()
    cookies = {"cookie": signed_in(nurse, settings.AUTHENTICATION_BACKENDS[0]), "floor_cookie": signed_in(nurse, PLAIN_BACKEND)}
    return {**cookies, "sessions": past, "live": list(watched.values_list("pk", flat=True)), "nurse": nurse.pk}


def signed_in(person: User, backend: str) -> str:
    """The cookie of a session for one of the backends: the floor knows Django's own alone."""
    store = SessionStore()
    store[SESSION_KEY], store[HASH_SESSION_KEY], store[BACKEND_SESSION_KEY] = str(person.pk), person.get_session_auth_hash(), backend
    store.set_expiry(timedelta(hours=6))
    store.create()
    return str(store.session_key)
