"""A site of a network: its people, chairs, presence, patients and courses, and the visits of two years after the demonstration's pattern."""
# ruff: noqa: S608  the numbers come from the code, the statements clone rows

from datetime import date, datetime, timedelta

from django.db import models, transaction

from clinic.models import (
    AuthorizedRepresentative,
    Certification,
    Chair,
    DutyPeriod,
    Membership,
    OpeningHours,
    Site,
    SitePolicy,
    Training,
    User,
)
from clinic.roles import Role
from desk.demo.cloning import FACTS, PLAN, Columns, clone_facts, clone_visits, columns_of, execute, in_clear, insert, named, seal_clones
from desk.demo.network_odds import HAS_GONE, IS_RAISED, add_odds, discharge_columns, prescriber_of, visit_endings
from patients.models import Course, Enrolment, Patient
from sessions.models import Discharge, FormSend, MonitoringForm, Observation, TreatmentSession

SLUG, CHAIRS, DAYS = "network", 12, 730
# A course as the label has it: twice a week, weekly, then every second week; the days of its visits.
VISITS = (0, 3, 7, 10, 14, 17, 21, 24, 28, 35, 42, 49, *range(56, 4000, 14))
# Of forty visits: so many held, missed, cancelled; the others were given.
ODD = {"missed": 2, "cancelled": 2, "held": 1}
OF = 40
PATTERNS = 60
PEOPLE = 1000


def slug_of(number: int) -> str:
    return f"{SLUG}-{number:03}"


def head() -> User:
    """Who stands for the whole network: a member of each of its sites."""
    return User.objects.filter(email=f"{SLUG}@demo.example").first() or User.objects.create_user(f"{SLUG}@demo.example", printed_name="Noor Network")


def patterns(site: Site) -> dict[str, list[int]]:
    """By what became of it: the demonstration's visits that can be cloned whole. Given ones are filed, and nothing of theirs was corrected; two devices, for room."""
    past = TreatmentSession.objects.filter(site=site).order_by("-treatment_on", "-pk")
    given = past.filter(status="discharged", forms__status="filed", forms__revision=1)
    for model in FACTS:
        if any(field.name == "supersedes" for field in model._meta.get_fields()):
            given = given.exclude(pk__in=model._default_manager.filter(supersedes__isnull=False).values("session"))
    given = given.filter(planned_dose_mg=56)
    found = {"given": list(given.values_list("pk", flat=True)[:PATTERNS])}
    for status in ODD:
        found[status] = list(past.filter(status=status).values_list("pk", flat=True)[:5])
    return {status: keys for status, keys in found.items() if keys}


@transaction.atomic
def add_site(old: Site, *, number: int, patients: int, sessions: int, until: date) -> None:
    """A whole site or none of it."""
    # Foreign keys of cloned rows hold by how they are made (a test proves it): each of them checked would cost an hour.
    execute("SET LOCAL session_replication_role = replica")
    people = number * PEOPLE
    site = furnished(old, number, people)
    staffed(old, site, people)
    present(site, people, until)
    plan(old, site, number, people, patients, sessions, until)
    clone_visits(site.pk, people, visit_columns(site, number))
    second = prescriber_of(site, people).user_id
    for model in FACTS:
        clone_facts(model, site.pk, people, fact_columns(model, number, second), f"NOT ({HAS_GONE})" if model is Discharge else "true")
    add_odds(site, people)


def furnished(old: Site, number: int, people: int) -> Site:
    site = Site.objects.create(
        organisation=old.organisation, slug=slug_of(number), name=f"Network clinic {number:03}", public_name=f"Clinic {number:03}", address=old.address,
        phone=old.phone, time_zone=old.time_zone, created_at=old.created_at - timedelta(days=DAYS),
    )  # fmt: skip
    for model in (SitePolicy, OpeningHours, Certification, AuthorizedRepresentative):
        insert(model, f"{named(model)} e WHERE e.site_id = {old.pk}", early(model, columns_of(model, site.pk, people)))
    Chair.objects.bulk_create([Chair(site=site, name=f"Room {position}", position=position) for position in range(1, CHAIRS + 1)])
    return site


def early(model: type[models.Model], values: Columns) -> Columns:
    """The house stood before its first visit: years earlier than the pattern's."""
    dated = {field.column for field in model._meta.concrete_fields if isinstance(field, models.DateField)}
    earlier = {name: f"e.\"{name}\" - interval '{2 * DAYS} days'" for name in values if name in dated}
    return values | {name: f"({value})::date" if name.endswith("_on") else value for name, value in earlier.items()}


def staffed(old: Site, site: Site, people: int) -> None:
    """The pattern's people under names of their own, with their trainings; nobody works at two sites but the network's head."""
    user = {field.column: f'e."{field.column}"' for field in User._meta.concrete_fields}
    own = {"id": f"e.id + {people}", "uid": "gen_random_uuid()", "email": f"'{site.slug}.' || e.email"}
    members = f"{named(Membership)} m WHERE m.site_id = {old.pk}"
    insert(User, f"{named(User)} e WHERE e.id IN (SELECT m.user_id FROM {members})", user | own)
    insert(Membership, f"{named(Membership)} e WHERE e.site_id = {old.pk}", early(Membership, columns_of(Membership, site.pk, people)))
    Membership.objects.create(site=site, user=head(), role=Role.ADMINISTRATOR, created_at=site.created_at)
    places = (
        f"{named(Membership)} o ON o.id = e.membership_id JOIN {named(Membership)} v ON v.user_id = o.user_id + {people} AND v.site_id = {site.pk}"
    )
    trained = early(Training, columns_of(Training, site.pk, people)) | {"membership_id": "v.id", "expires_on": "e.expires_on"}
    insert(Training, f"{named(Training)} e JOIN {places} WHERE e.site_id = {old.pk}", trained)


def present(site: Site, people: int, until: date) -> None:
    """A prescriber on site each day, who went too early on one of so many."""
    place = prescriber_of(site, people)
    came = f"((d.day + time '05:00') AT TIME ZONE '{site.time_zone}')"
    insert(
        DutyPeriod,
        f"(SELECT date '{until}' - g AS day, g FROM generate_series(0, {DAYS + 3}) g) d",
        {
            "site_id": str(site.pk), "membership_id": str(place.pk), "is_prescriber": "true", "came_at": came, "recorded_at": came,
            "left_at": f"{came} + make_interval(hours => CASE WHEN (d.g + {site.pk}) % 41 = 0 THEN 9 ELSE 18 END)", "lapses_at": f"{came} + interval '18 hours'",
            "recorded_by_id": str(place.user_id),
        },
    )  # fmt: skip


def plan(old: Site, site: Site, number: int, people: int, patients: int, sessions: int, until: date) -> None:
    """One row a visit: which pattern, which patient and course, moved by how much. Each patient begins on a day of their own."""
    found, each = patterns(old), -(-sessions // patients)
    rows = [found["given"][turn % len(found["given"])] for turn in range(PATTERNS)]
    odd = [key for status, count in ODD.items() for key in (found.get(status) or rows)[:count]]
    first_patient, first_course, first_earlier = whose(old, site, number, people, patients, until)
    begins = f"({number} * 53 + p.p * {DAYS} / {patients})"
    days = f"({begins} + (ARRAY{list(VISITS[:each])})[1 + p.k] * (1 + (p.p % 3) * 0.2))::int"
    # What runs past the last day stands at the first ones, as the end of a course that was begun elsewhere.
    is_earlier = f"{days} / {DAYS} > {begins} / {DAYS}"
    key = f"CASE WHEN (p.g * 7919 + {number}) % {OF} < {len(odd)} THEN (ARRAY{odd})[1 + (p.g * 7919 + {number}) % {OF}] ELSE (ARRAY{rows})[1 + (p.g * 31 + {number} * 7) % {len(rows)}] END"
    numbers = f"SELECT g, g % {each} AS k, g / {each} AS p FROM generate_series(0, {sessions} - 1) g"
    picked = f"SELECT p.*, {key} AS old, date '{until}' - {DAYS - 1} + {days} % {DAYS} AS day, {is_earlier} AS is_earlier FROM ({numbers}) p"
    execute(f"DROP TABLE IF EXISTS {PLAN}")
    execute(
        f"CREATE TEMP TABLE {PLAN} ON COMMIT DROP AS SELECT nextval(pg_get_serial_sequence('{TreatmentSession._meta.db_table}', 'id')) AS id, q.g::int AS g, q.old, "
        f"{first_patient} + q.p AS patient_id, CASE WHEN q.is_earlier THEN {first_earlier} ELSE {first_course} END + q.p AS course_id, (q.day - s.treatment_on) AS days, "
        f"make_interval(days => q.day - s.treatment_on, mins => (((q.g * 13) % 7 - 3) * 20)::int) AS shift "
        f"FROM ({picked}) q JOIN {named(TreatmentSession)} s ON s.id = q.old ORDER BY q.day, q.g"
    )
    execute(f"ANALYZE {PLAN}")


def whose(old: Site, site: Site, number: int, people: int, patients: int, until: date) -> tuple[int, int, int]:
    """Patients with an enrolment and two courses each, one begun here and one elsewhere, their keys in a row; the first of each."""
    pattern = TreatmentSession.objects.filter(pk=patterns(old)["given"][0]).values_list("patient_id", "course_id")[0]
    began = datetime.combine(until - timedelta(days=DAYS + 30), datetime.min.time(), site.zone).isoformat()
    visit = "(SELECT g, 0 AS days, interval '0' AS shift, p.id AS patient_id, 0 AS course_id FROM"
    each = f"generate_series(0, {patients - 1}) g"
    names = {
        "last_name": f"'Network{number:03} ' || v.g",
        "name_folded": f"'network{number:03} ' || lpad(v.g::text, 6, '0') || ', amber'",
        "mrn": f"'N{number}-' || v.g",
    }
    people_columns = columns_of(Patient, site.pk, people) | in_clear(Patient.objects.get(pk=pattern[0])) | names
    people_columns |= {"moved_from_id": "NULL", "mrn_index": "NULL"}
    insert(Patient, f"{named(Patient)} e CROSS JOIN {visit} {each} CROSS JOIN (SELECT 0 AS id) p) v WHERE e.id = {pattern[0]}", people_columns)
    seal_clones(Patient.objects.filter(site=site))
    first = Patient.objects.filter(site=site).order_by("pk").values_list("pk", flat=True)[0]
    mine = f"{visit} {each} JOIN {named(Patient)} p ON p.id = {first} + g) v"
    for changes in (course_columns(began), earlier_columns(began, people)):
        insert(Course, f"{named(Course)} e CROSS JOIN {mine} WHERE e.id = {pattern[1]} ORDER BY v.g", columns_of(Course, site.pk, people) | changes)
    enrolled = columns_of(Enrolment, site.pk, people) | dict.fromkeys(
        ("submitted_on", "patient_signed_on", "prescriber_signed_on"), f"date '{began[:10]}' + (v.g % 9)::int"
    )
    enrolled |= {"observed_at": f"timestamptz '{began}'"}
    insert(
        Enrolment, f"{named(Enrolment)} e CROSS JOIN {mine} WHERE e.patient_id = {pattern[0]} AND e.supersedes_id IS NULL AND v.g % 97 > 0", enrolled
    )
    here, elsewhere = (
        Course.objects.filter(site=site, earlier_sessions__gt=count).order_by("pk").values_list("pk", flat=True)[0] for count in (-1, 0)
    )
    return first, here, elsewhere


def course_columns(began: str) -> Columns:
    """Begun here, whatever the pattern's patient had elsewhere before."""
    return {"opened_at": f"timestamptz '{began}'", "earlier_sessions": "0"} | dict.fromkeys(
        ("earlier_first_on", "earlier_last_on", "earlier_last_dose_mg"), "NULL"
    )


def earlier_columns(began: str, people: int) -> Columns:
    """Begun elsewhere, and over here since."""
    day = began[:10]
    return course_columns(began) | {
        "opened_at": f"timestamptz '{began}' - interval '1 day'", "earlier_sessions": "12", "earlier_first_on": f"date '{day}' - 100", "earlier_last_on": f"date '{day}' - 9",
        "ended_at": f"timestamptz '{began}' + interval '400 days'", "ended_by_id": f"e.opened_by_id + {people}", "end_reason": "'Was well'",
    }  # fmt: skip


def visit_columns(site: Site, number: int) -> Columns:
    chairs = list(site.chairs.order_by("position").values_list("pk", flat=True))
    policy = SitePolicy.objects.filter(site=site).order_by("effective_on", "pk").values_list("pk", flat=True)[0]
    return {
        "treatment_on": "e.treatment_on + v.days", "chair_id": f"(ARRAY{chairs})[1 + v.g % {len(chairs)}]", "policy_id": str(policy),
        **visit_endings(number),
    }  # fmt: skip


def fact_columns(model: type[models.Model], number: int, second: int) -> Columns:
    """What makes sites differ: pressures, late entries, forms sent late, early leavings."""
    if model is Observation:
        late = f"make_interval(mins => CASE WHEN (v.g + e.id) % {23 + number % 31} = 0 THEN 25 ELSE 0 END)"
        raised = f"CASE WHEN {IS_RAISED} THEN 55 ELSE 0 END"
        return {
            "systolic": f"e.systolic + ((v.g * 13 + e.id) % 9)::int - {number % 5} + {raised}",
            "recorded_at": f"e.recorded_at + v.shift + {late}",
        }
    if model is Discharge:
        return discharge_columns(number, second)
    late_by = f"make_interval(days => CASE WHEN v.g % {11 + number % 37} = 0 THEN 6 ELSE 0 END)"
    if model is FormSend:
        return {name: f"e.{name} + v.shift + {late_by}" for name in ("sent_at", "recorded_at", "outcome_at")}
    if model is MonitoringForm:
        return {"filed_at": f"e.filed_at + v.shift + {late_by}"}
    return {}
