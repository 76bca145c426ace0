"""The guards in SQLite's words: triggers throughout, since a table of its can't be given a foreign key afterwards."""
# ruff: noqa: S608  every name in these statements is a model's, none a person's

from django.db.backends.base.base import BaseDatabaseWrapper

from clinic.guards.plan import PREFIX, AppendOnly, Guard, Link, Plan, guard_name


def trigger(kind: str, table: str, event: str, condition: str, columns: set[str], body: str) -> Guard:
    text = f'BEFORE {event} ON "{table}" FOR EACH ROW {condition} BEGIN {body} END'
    name = guard_name(kind, table, text)
    needs = frozenset((table, column) for column in {*columns, ""})
    return Guard(name, table, f'CREATE TRIGGER "{name}" {text}', f'DROP TRIGGER IF EXISTS "{name}"', needs)


def refuse(sentence: str) -> str:
    return f"SELECT RAISE(ABORT, '{sentence}')"


def append_only(kept: AppendOnly) -> list[Guard]:
    """`INSERT OR REPLACE` passes delete triggers by, so an insert that would push a row out is refused too."""
    said = refuse(f"{kept.table} is append-only")
    same = [" AND ".join(f'"{column}" = NEW."{column}"' for column in key) for key in kept.keys]
    replaced = " ".join(f'{said} WHERE EXISTS (SELECT 1 FROM "{kept.table}" WHERE {condition});' for condition in same)
    return [
        trigger("keep_update", kept.table, "UPDATE", "", set(), f"{said};"),
        trigger("keep_delete", kept.table, "DELETE", "", set(), f"{said};"),
        trigger("keep_insert", kept.table, "INSERT", "", {column for key in kept.keys for column in key}, replaced),
    ]


def only_forward(table: str) -> list[Guard]:
    said = refuse("The head of an audit chain only moves forward")
    # Its key is a word, so each row has a hidden number too, by which another head could be pushed out.
    back = "WHEN NEW.chain IS NOT OLD.chain OR NEW.seq <= OLD.seq OR NEW.rowid IS NOT OLD.rowid"
    return [
        trigger("keep_update", table, "UPDATE", back, {"chain", "seq"}, f"{said};"),
        trigger("keep_delete", table, "DELETE", "", set(), f"{said};"),
        trigger(
            "keep_insert",
            table,
            "INSERT",
            "",
            {"chain"},
            f'{said} WHERE EXISTS (SELECT 1 FROM "{table}" WHERE chain = NEW.chain OR rowid = NEW.rowid);',
        ),
    ]


def site_stays(table: str) -> Guard:
    return trigger(
        "site", table, 'UPDATE OF "site_id"', "WHEN NEW.site_id IS NOT OLD.site_id", {"site_id"}, f"{refuse(f'{table}: a row stays at its site')};"
    )


def links(table: str, of_table: list[Link]) -> list[Guard]:
    columns = {"site_id", *(link.column for link in of_table)}
    body = " ".join(
        f'{refuse(f"{link.table}.{link.column} points into another site")} WHERE NEW."{link.column}" IS NOT NULL AND NOT EXISTS'
        f' (SELECT 1 FROM "{link.target}" WHERE "{link.target_pk}" = NEW."{link.column}" AND site_id = NEW.site_id);'
        for link in of_table
    )
    watched = ", ".join(f'"{link.column}"' for link in of_table)
    return [trigger("link_insert", table, "INSERT", "", columns, body), trigger("link_update", table, f"UPDATE OF {watched}", "", columns, body)]


def guards(plan: Plan) -> list[Guard]:
    by_table: dict[str, list[Link]] = {}
    for link in plan.links:
        by_table.setdefault(link.table, []).append(link)
    return [
        *(guard for kept in plan.append_only for guard in append_only(kept)),
        *(guard for table in plan.only_forward for guard in only_forward(table)),
        *(site_stays(table) for table in plan.of_a_site),
        *(guard for table, of_table in by_table.items() for guard in links(table, of_table)),
    ]


def installed(connection: BaseDatabaseWrapper) -> dict[str, str]:
    """Name of each guard in place, with the statement that drops it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger' AND name LIKE %s", [f"{PREFIX}%"])
        return {name: f'DROP TRIGGER IF EXISTS "{name}"' for (name,) in cursor.fetchall()}


def columns(connection: BaseDatabaseWrapper) -> set[tuple[str, str]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT m.name, c.name FROM sqlite_master m JOIN pragma_table_info(m.name) c WHERE m.type = 'table'")
        return set(cursor.fetchall())
