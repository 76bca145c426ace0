"""Rows made of rows inside of PostgreSQL: each fact of a pattern visit once more for every visit that was planned from it."""
# ruff: noqa: S608  the numbers come from the code, the statements clone rows

from typing import Any

from django.db import connection, models
from psycopg import sql

from clinic.cells import PREFIX
from clinic.fields import Sealed, SealedJSONField
from clinic.models import Site, User
from clinic.resealing import batches, columns
from patients.models import Course, Patient
from sessions.models import (
    Breach,
    DeviceUse,
    Discharge,
    FormSend,
    MonitoringForm,
    Observation,
    Override,
    PreDoseCheck,
    ReadinessCheck,
    Round,
    SessionEvent,
    TreatmentSession,
)

# What is planned: one row a visit, made by desk.demo.network.
PLAN = "network_visit"
FACTS: tuple[type[models.Model], ...] = (
    DeviceUse, Observation, Round, SessionEvent, PreDoseCheck, ReadinessCheck, Breach, Override, Discharge, MonitoringForm, FormSend,
)  # fmt: skip
# The whole country's facts have to fit into 10 GB: a round in four; of the form what isn't the patient's, the site's or the person's own.
ONLY: dict[type[models.Model], str] = {Round: "e.id % 4 = 0"}
REPEATED = "{patient_sex,patient_last_name,patient_first_name,patient_birth_date,patient_middle_initial,setting_name,setting_address,provider_name,provider_email,provider_phone}"
Columns = dict[str, str]


def execute(statement: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return int(cursor.rowcount)


def insert(model: type[models.Model], source: str, values: Columns) -> int:
    """INSERT … SELECT; `e` is the row that is cloned, `v` the visit that it is cloned for."""
    names = ", ".join(f'"{name}"' for name in values)
    return execute(f'INSERT INTO "{model._meta.db_table}" ({names}) SELECT {", ".join(values.values())} FROM {source}')


def columns_of(model: type[models.Model], site: int, people: int) -> Columns:
    """Each column of a clone but its key: another site and its people, moved in time, with unique keys of its own."""
    return {field.column: value_of(field, site, people) for field in model._meta.concrete_fields if not field.primary_key}


def value_of(field: "models.Field[object, object]", site: int, people: int) -> str:
    own = f'e."{field.column}"'
    if isinstance(field, models.ForeignKey):
        new = {Site: str(site), User: f"{own} + {people}", TreatmentSession: "v.id", Patient: "v.patient_id", Course: "v.course_id"}
        return new.get(field.related_model, "NULL") if field.remote_field.name != "superseded_by" else "NULL"  # type: ignore[call-overload, no-any-return]
    if isinstance(field, Sealed):
        return copied(field)
    if isinstance(field, models.UUIDField):
        return "NULL" if field.null else own_key(site)
    if isinstance(field, models.DateTimeField):
        return f"{own} + v.shift"
    if isinstance(field, models.DateField):
        return f"{own} + v.days"
    return own


def copied(field: "models.Field[object, object]") -> str:
    """A column as it stands; of a sealed cell no copy would open."""
    own = f'e."{field.column}"'
    if not isinstance(field, Sealed):
        return own
    words = "{}" if isinstance(field, SealedJSONField) else "As of the pattern"
    return f"CASE WHEN {own} LIKE '{PREFIX}%' THEN '{words}' ELSE {own} END"


def own_key(site: int) -> str:
    """Rising, behind all that are drawn by chance: an index of 10 million of them is written once, at its end, and not all over."""
    return f"(to_hex(4294901760 + {site}) || '-0000-4000-8000-' || lpad(to_hex(row_number() OVER ()), 12, '0'))::uuid"


def in_clear(row: Any) -> Columns:
    """The cells of a row that is cloned: a copy wouldn't open, so they go in by their words, without a mark to be found by, until `seal_clones`."""
    return {field.column: sql.Literal(field.written(getattr(row, field.name))).as_string(connection.connection) for field in columns(type(row))}


def seal_clones(clones: "models.QuerySet[Any]") -> int:
    """In the transaction that made them; how many rows. Nothing to do where no keys are set."""
    return sum(batches(clones))


def clone_visits(site: int, people: int, changes: Columns) -> int:
    own = {"id": "v.id", **columns_of(TreatmentSession, site, people), **changes}
    own |= {"order_id": "NULL", "escort_id": "NULL", "replaced_by_id": "NULL", "kit_expires_on": 'e."kit_expires_on" + v.days'}
    return insert(TreatmentSession, f'"{TreatmentSession._meta.db_table}" e JOIN {PLAN} v ON v.old = e.id', own)


def clone_facts(model: type[models.Model], site: int, people: int, changes: Columns, condition: str = "true") -> int:
    """Of the visits that fulfil the condition. The rows of a visit that hang on another of its rows find the clone of that one by its moment."""
    table, own = model._meta.db_table, columns_of(model, site, people) | changes
    source = f'"{table}" e JOIN {PLAN} v ON v.old = e.session_id AND {ONLY.get(model, "true")}'
    if model is FormSend:
        forms = named(MonitoringForm)
        source = f'"{table}" e JOIN {forms} f ON f.id = e.form_id JOIN {PLAN} v ON v.old = f.session_id JOIN {forms} n ON n.session_id = v.id'
        own["form_id"] = "n.id"
    if model is MonitoringForm:
        own["answers"] = f"CASE WHEN e.answers LIKE '{PREFIX}%' THEN '{{}}' ELSE (e.answers::jsonb - '{REPEATED}'::text[])::text END"
    if model is Discharge:
        source += f" JOIN {named(ReadinessCheck)} r ON r.session_id = v.id"
        own["readiness_id"] = "r.id"
    return insert(model, f"{source} WHERE {condition}", own)


def named(model: type[models.Model]) -> str:
    return f'"{model._meta.db_table}"'
