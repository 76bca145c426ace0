"""The guards in PostgreSQL's words: triggers for history, composite foreign keys for links within a site."""

from django.db.backends.base.base import BaseDatabaseWrapper

from clinic.guards.plan import PREFIX, Guard, Link, Plan, Rows, guard_name
from clinic.scope import PERSON, SITES

REFUSE_BODY = "BEGIN RAISE EXCEPTION USING MESSAGE = TG_ARGV[0], ERRCODE = 'integrity_constraint_violation'; END"
REFUSE = guard_name("refuse", "function", REFUSE_BODY)


def refuse_function() -> Guard:
    create = f'CREATE FUNCTION "{REFUSE}"() RETURNS trigger LANGUAGE plpgsql AS $vigil$ {REFUSE_BODY} $vigil$'
    return Guard(REFUSE, "", create, f'DROP FUNCTION IF EXISTS "{REFUSE}"() CASCADE', frozenset())


def trigger(kind: str, table: str, event: str, condition: str, sentence: str, level: str = "ROW") -> Guard:
    text = f'BEFORE {event} ON "{table}" FOR EACH {level} {condition} EXECUTE FUNCTION "{REFUSE}"(\'{sentence}\')'
    name = guard_name(kind, table, text)
    return Guard(name, table, f'CREATE TRIGGER "{name}" {text}', drop_trigger(name, table), frozenset({(table, "")}))


def drop_trigger(name: str, table: str) -> str:
    return f'DROP TRIGGER IF EXISTS "{name}" ON "{table}"'


def drop_constraint(name: str, table: str) -> str:
    return f'ALTER TABLE "{table}" DROP CONSTRAINT IF EXISTS "{name}"'


def append_only(table: str) -> list[Guard]:
    """Row triggers don't see TRUNCATE, so it has one of its own."""
    said = f"{table} is append-only"
    return [
        trigger("keep_rows", table, "UPDATE OR DELETE", "", said),
        trigger("keep_all", table, "TRUNCATE", "", said, "STATEMENT"),
    ]


def only_forward(table: str) -> list[Guard]:
    said = "The head of an audit chain only moves forward"
    return [
        trigger("keep_update", table, "UPDATE", "WHEN (NEW.chain <> OLD.chain OR NEW.seq <= OLD.seq)", said),
        trigger("keep_delete", table, "DELETE", "", said),
        trigger("keep_all", table, "TRUNCATE", "", said, "STATEMENT"),
    ]


def site_stays(table: str) -> Guard:
    condition = "WHEN (NEW.site_id IS DISTINCT FROM OLD.site_id)"
    return trigger("site", table, 'UPDATE OF "site_id"', condition, f"{table}: a row stays at its site")


def pair(table: str, pk: str) -> Guard:
    """What a composite key can point to."""
    text = f'UNIQUE ("{pk}", site_id)'
    name = guard_name("pair", table, text)
    return Guard(
        name,
        table,
        f'ALTER TABLE "{table}" ADD CONSTRAINT "{name}" {text}',
        drop_constraint(name, table),
        frozenset({(table, pk), (table, "site_id")}),
    )


def composite_key(link: Link) -> Guard:
    text = f'FOREIGN KEY ("{link.column}", site_id) REFERENCES "{link.target}" ("{link.target_pk}", site_id) DEFERRABLE INITIALLY IMMEDIATE'
    name = guard_name("link", f"{link.table}_{link.column}", text)
    needs = frozenset({(link.table, link.column), (link.table, "site_id"), (link.target, link.target_pk), (link.target, "site_id")})
    return Guard(name, link.table, f'ALTER TABLE "{link.table}" ADD CONSTRAINT "{name}" {text}', drop_constraint(name, link.table), needs)


def drop_policy(name: str, table: str) -> str:
    return f'DROP POLICY IF EXISTS "{name}" ON "{table}"'


def policy(kind: str, table: str, text: str) -> Guard:
    name = guard_name(kind, table, text)
    create = f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY; CREATE POLICY "{name}" ON "{table}" {text}'
    return Guard(name, table, create, drop_policy(name, table), frozenset({(table, "site_id")}))


def rows_of_the_scope(rows: Rows) -> list[Guard]:
    """Row-level security: the sites of the transaction's scope. One that has named none, not even "none", fails: an empty answer could pass
    for a good one. The table's owner is bound by none of it.
    """
    shown = f"site_id = ANY (current_setting('{SITES}')::bigint[])"
    found = [policy("rows", rows.table, f"USING ({shown}{' OR site_id IS NULL' if rows.free else ''})")]
    if rows.person:
        own = f"{rows.person} = NULLIF(current_setting('{PERSON}', true), '')::bigint"
        found.append(policy("own", rows.table, f"FOR SELECT USING ({own})"))
    return found


def guards(plan: Plan) -> list[Guard]:
    """In the order in which they can be made: function, triggers, pairs, then the keys that point to pairs."""
    targets = dict.fromkeys((link.target, link.target_pk) for link in plan.links)
    return [
        refuse_function(),
        *(guard for kept in plan.append_only for guard in append_only(kept.table)),
        *(guard for table in plan.only_forward for guard in only_forward(table)),
        *(site_stays(table) for table in plan.of_a_site),
        *(pair(table, pk) for table, pk in targets),
        *(composite_key(link) for link in plan.links),
        *(guard for rows in plan.rows for guard in rows_of_the_scope(rows)),
    ]


def installed(connection: BaseDatabaseWrapper) -> dict[str, str]:
    """Name of each guard in place and switched on, with the statement that drops it; in the order in which they can be dropped."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conname, relname, contype FROM pg_constraint JOIN pg_class ON pg_class.oid = conrelid"
            " WHERE relnamespace = current_schema()::regnamespace AND contype IN ('f', 'u') AND convalidated AND starts_with(conname, %s)"
            " ORDER BY contype, conname",
            [PREFIX],
        )
        found = {name: drop_constraint(name, table) for name, table, _ in cursor.fetchall()}
        cursor.execute(
            "SELECT tgname, relname FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid"
            " WHERE relnamespace = current_schema()::regnamespace AND NOT tgisinternal AND tgenabled IN ('O', 'A') AND starts_with(tgname, %s)",
            [PREFIX],
        )
        found |= {name: drop_trigger(name, table) for name, table in cursor.fetchall()}
        cursor.execute(
            "SELECT polname, relname FROM pg_policy JOIN pg_class ON pg_class.oid = polrelid"
            " WHERE relnamespace = current_schema()::regnamespace AND relrowsecurity AND starts_with(polname, %s)",
            [PREFIX],
        )
        found |= {name: drop_policy(name, table) for name, table in cursor.fetchall()}
        cursor.execute("SELECT proname FROM pg_proc WHERE pronamespace = current_schema()::regnamespace AND starts_with(proname, %s)", [PREFIX])
        return found | {name: f'DROP FUNCTION IF EXISTS "{name}"() CASCADE' for (name,) in cursor.fetchall()}


def columns(connection: BaseDatabaseWrapper) -> set[tuple[str, str]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = current_schema()")
        return set(cursor.fetchall())
