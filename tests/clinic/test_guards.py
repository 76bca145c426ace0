"""The database itself refuses to change history and to link two sites, on both engines."""

import time
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.apps import apps
from django.core.checks import Tags, run_checks
from django.core.management import CommandError, call_command
from django.core.management.base import SystemCheckError
from django.db import IntegrityError, connection, models, transaction

from clinic import audit, guards
from clinic.cells import Stored
from clinic.guards.plan import keys_of, plan, site_field
from clinic.models import Attachment, AuditEntry, AuditHead, Chair, DutyPeriod, Signature
from sessions.models import Observation, Round, TreatmentSession
from sessions.states import Status
from tests.cast import NOW, Cast
from tests.factories.clinic import on_duty
from tests.factories.patients import PatientFactory
from tests.factories.sessions import at_state

ON_SQLITE = connection.vendor == "sqlite"


@pytest.fixture
def watched(cast: Cast) -> TreatmentSession:
    return at_state(Status.MONITORING, cast)


def refused(act: Callable[[], object], saying: str = ".") -> None:
    with pytest.raises(IntegrityError, match=saying), transaction.atomic():
        (act(), connection.check_constraints())


def run(sql: str, *values: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)


def kept_models() -> list[type[models.Model]]:
    return [model for model in apps.get_models() if getattr(model, "is_append_only", False)]


def test_facts_signatures_attachments_and_the_audit_trail_are_append_only() -> None:
    assert {AuditEntry, Signature, Attachment, Observation, Round} <= set(kept_models())
    assert {kept.table for kept in plan().append_only} == {model._meta.db_table for model in kept_models()}


@pytest.mark.django_db
@pytest.mark.parametrize("model", kept_models(), ids=lambda model: model.__name__)
def test_every_append_only_table_has_its_guards(model: type[models.Model]) -> None:
    places = [guard for guard in guards.wanted(connection) if guard.table == model._meta.db_table and guard.keeps_history]
    assert len(places) == (3 if ON_SQLITE else 2)
    assert guards.missing(connection) == []


def test_a_check_is_neither_changed_nor_deleted(watched: TreatmentSession, cast: Cast) -> None:
    fact = Round.objects.create(site=watched.site, session=watched, observed_at=NOW, recorded_at=NOW, recorded_by=cast.nurse)
    refused(lambda: Round.objects.filter(pk=fact.pk).update(reason=Stored("changed")), "append-only")
    refused(lambda: fact.save(), "append-only")
    refused(lambda: Round.objects.filter(pk=fact.pk).delete(), "append-only")
    refused(lambda: run("DELETE FROM treatment_sessions_round"), "append-only")
    assert Round.objects.get(pk=fact.pk).reason == ""


@pytest.mark.parametrize("key", ["id", "client_key"])
def test_replacing_a_fact_by_any_unique_key_is_refused(watched: TreatmentSession, cast: Cast, key: str) -> None:
    """SQLite's INSERT OR REPLACE calls no delete trigger; PostgreSQL's own way to replace is ON CONFLICT."""
    fact = Round.objects.create(site=watched.site, session=watched, observed_at=NOW, recorded_at=NOW, recorded_by=cast.nurse)
    columns = [field.column for field in Round._meta.concrete_fields]
    fresh = {"id": str(fact.pk + 1000), "client_key": "f" * 32, "reason": "forged"}
    fresh.pop(key)
    chosen = ", ".join(f"'{fresh[name]}'" if name in fresh else f'"{name}"' for name in columns)
    names = ", ".join(f'"{name}"' for name in columns)
    insert, conflict = ("INSERT OR REPLACE", "") if ON_SQLITE else ("INSERT", f"ON CONFLICT ({key}) DO UPDATE SET reason = 'forged'")
    refused(
        lambda: run(f"{insert} INTO treatment_sessions_round ({names}) SELECT {chosen} FROM treatment_sessions_round WHERE true {conflict}"),
        "append-only",
    )
    assert Round.objects.get().reason == ""


def test_an_entry_of_the_chain_cannot_be_replaced_by_its_number() -> None:
    assert set(keys_of(AuditEntry)) == {("id",), ("chain", "seq")}


@pytest.mark.parametrize("table", ["clinic_auditentry", "clinic_audithead", "clinic_signature", "treatment_sessions_observation"])
def test_emptying_a_table_is_refused(watched: TreatmentSession, cast: Cast, table: str) -> None:
    """By the engine's own way: row triggers of PostgreSQL don't see TRUNCATE."""
    audit.record(action="site.tested", target=cast.riverside, by=cast.admin, now=NOW, site=cast.riverside)
    connection.check_constraints()
    refused(lambda: run(f"DELETE FROM {table}" if ON_SQLITE else f"TRUNCATE {table} CASCADE"))


def test_the_head_of_a_chain_only_moves_forward(cast: Cast) -> None:
    audit.record(action="site.tested", target=cast.riverside, by=cast.admin, now=NOW, site=cast.riverside)
    head = AuditHead.objects.filter(pk=f"site:{cast.riverside.pk}")
    seq = head.get().seq
    for forged in ({"seq": seq - 1}, {"hash": "0" * 64}, {"chain": "house", "seq": seq + 1}):
        refused(lambda forged=forged: head.update(**forged), "forward")
    refused(lambda: head.delete(), "forward")
    assert head.update(seq=seq + 1) == 1


def test_a_row_cannot_point_into_another_site(cast: Cast, watched: TreatmentSession) -> None:
    theirs = PatientFactory(site=cast.hillcrest)
    sessions = TreatmentSession.objects.filter(pk=watched.pk)
    refused(lambda: sessions.update(chair=cast.hillcrest_chair))
    refused(lambda: sessions.update(patient=theirs))
    refused(lambda: Round.objects.create(site=cast.hillcrest, session=watched, observed_at=NOW, recorded_at=NOW, recorded_by=cast.nurse))
    refused(lambda: on_duty_elsewhere(cast))
    assert sessions.update(chair=cast.chairs[3]) == 1


def on_duty_elsewhere(cast: Cast) -> DutyPeriod:
    return DutyPeriod.objects.create(
        site=cast.hillcrest, membership=cast.of(cast.nurse), is_prescriber=False, came_at=NOW, lapses_at=NOW + timedelta(hours=8), recorded_at=NOW, recorded_by=cast.nurse
    )  # fmt: skip


def test_a_row_stays_at_its_site(cast: Cast) -> None:
    on_duty(cast.of(cast.nurse), NOW)
    refused(lambda: Chair.objects.filter(pk=cast.chairs[0].pk).update(site=cast.hillcrest), "stays at its site")
    refused(lambda: DutyPeriod.objects.update(site=cast.hillcrest), "stays at its site")


def test_a_patients_move_may_cross_sites(cast: Cast) -> None:
    here = PatientFactory(site=cast.riverside)
    there = PatientFactory(site=cast.hillcrest, moved_from=here)
    connection.check_constraints()
    assert there.moved_from == here


def test_every_link_between_rows_of_sites_is_guarded() -> None:
    """Derived a second time, by hand: a foreign key to a model with a site stands in the plan, or crosses by name."""
    of_a_site = {model for model in apps.get_models() if site_field(model) is not None}
    expected = {
        (model._meta.db_table, field.column)
        for model in of_a_site
        for field in model._meta.get_fields()
        if (field.many_to_one or field.one_to_one)
        and field.concrete
        and field.related_model in of_a_site
        and not site_field(field.related_model).null
    }
    assert expected - {(link.table, link.column) for link in plan().links} == {("patients_patient", "moved_from_id")}
    assert len(expected) > 40


def database_errors() -> list[str]:
    return [message.id for message in run_checks(tags=[Tags.database], databases=["default"])]


@pytest.mark.django_db
def test_the_system_check_fails_while_a_guard_is_missing() -> None:
    assert database_errors() == []
    with guards.lifted():
        assert set(database_errors()) == {"clinic.E001"}
        with pytest.raises(SystemCheckError):
            call_command("check", databases=["default"])
    assert database_errors() == []


@pytest.mark.django_db
def test_migrate_puts_back_what_is_missing() -> None:
    guards.take_down(connection)
    assert guards.missing(connection)
    call_command("migrate", verbosity=0, skip_checks=False)
    assert guards.missing(connection) == []
    assert guards.install() == 0


@pytest.mark.django_db(transaction=True)
def test_a_table_that_a_migration_rebuilds_gets_its_guards_back(cast: Cast) -> None:
    """SQLite rebuilds a table to change it: its triggers go, and those of others would stop it."""
    field = Chair._meta.get_field("name")
    wider = models.CharField(max_length=41)
    wider.set_attributes_from_name("name")
    wider.model = Chair
    guards.set_aside_guards(apps.get_app_config("clinic"), plan=["something to do"])
    with connection.schema_editor() as editor:
        editor.alter_field(Chair, field, wider)
        editor.alter_field(Chair, wider, field)
    guards.install()
    assert guards.missing(connection) == []
    refused(lambda: Chair.objects.update(site=cast.hillcrest), "stays at its site")


@pytest.mark.django_db
@pytest.mark.parametrize("mode", ["production", "demonstration"])
def test_no_guard_is_lifted_outside_of_the_suite(settings, mode: str) -> None:  # type: ignore[no-untyped-def]
    settings.VIGIL_MODE, settings.IS_TEST = mode, False
    with pytest.raises(RuntimeError, match="only be lifted by the test suite"), guards.lifted():
        pass


@pytest.mark.django_db(transaction=True)
def test_flushing_the_database_is_refused_without_the_suites_leave(cast: Cast) -> None:
    audit.record(action="site.tested", target=cast.riverside, by=cast.admin, now=NOW, site=cast.riverside)
    with pytest.raises(CommandError):
        call_command("flush", interactive=False, verbosity=0)
    assert AuditEntry.objects.exists()


def test_guards_cost_little(watched: TreatmentSession, cast: Cast) -> None:
    """Rows in bulk. Measured on 10,000: 1.3 times on SQLite, 1.0 on PostgreSQL; the bound is wide, since other work shares the machine."""

    clock = time.process_time if ON_SQLITE else time.perf_counter  # SQLite works in this process, PostgreSQL in one of its own

    def seconds() -> float:
        rows = [Round(site=watched.site, session=watched, observed_at=NOW, recorded_at=NOW, recorded_by=cast.nurse) for _ in range(2_000)]
        start = clock()
        Round.objects.bulk_create(rows)
        return clock() - start

    guarded = min(seconds(), seconds())
    connection.check_constraints()
    guards.take_down(connection)
    bare = min(seconds(), seconds())
    connection.check_constraints()
    guards.install()
    assert guarded < 3 * bare, f"{guarded:.2f} s with guards, {bare:.2f} s without"
