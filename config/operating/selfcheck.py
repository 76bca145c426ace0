"""The configuration asked about itself, and the parts that stand outside: each line is asked with a deadline, so the page comes whatever is down."""

import smtplib
from datetime import UTC
from functools import partial

from django.conf import settings
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest

from clinic import cells, clock, guards, resealing, scope
from clinic.queries.anchors import anchored_places
from clinic.queries.backups import last_drill
from clinic.scope import ROLE
from config.operating import judging, parts
from config.operating.asking import BAD, GOOD, WARN, Answer, Finding, Part, asker
from config.operating.parts import hours

SECONDS = 4.0
SMTP_SECONDS = 3
Group = tuple[str, list[Answer]]


def clock_drift() -> Finding:
    """The web's clock against PostgreSQL's; SQLite has the machine's own."""
    if connection.vendor != "postgresql":
        return Finding(GOOD, "the database has this machine’s clock")
    before = clock.now() - clock.offset()
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        (theirs,) = cursor.fetchone()
    after = clock.now() - clock.offset()
    return judging.drift(theirs.astimezone(UTC) - (before + (after - before) / 2))


def pending_migrations() -> Finding:
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return judging.migrations([f"{migration.app_label} {migration.name}" for migration, _ in plan])


def standing_guards() -> Finding:
    return judging.guards([guard.name for guard in guards.missing(connection)])


# What of the tables is the login's own, whether it is above the policies, and whether it may take on the role of pages and that may do its work.
LOGIN = """SELECT (SELECT count(*) FROM pg_class WHERE relowner = me.oid AND relnamespace = current_schema()::regnamespace), rolsuper OR rolbypassrls,
COALESCE((SELECT pg_has_role(me.oid, role.oid, 'MEMBER') AND has_table_privilege(role.oid, to_regclass('clinic_auditentry'), 'INSERT')
FROM pg_roles role WHERE role.rolname = %s), false) FROM pg_roles me WHERE me.rolname = session_user"""


def row_security() -> Finding:
    if connection.vendor != "postgresql":
        return Finding(GOOD, "PostgreSQL’s alone: with SQLite the application keeps sites apart, and the guards their borders")
    with connection.cursor() as cursor:
        cursor.execute(LOGIN, [ROLE])
        owns, may_bypass, has_role = cursor.fetchone()
    return judging.row_security(is_on=settings.VIGIL_ROW_SECURITY, has_role=has_role, is_owner=owns > 0 or may_bypass)


def fields() -> Finding:
    """Under row-level security this login sees no site's rows by itself: every one is named for the count."""
    with scope.every():
        return judging.fields(resealing.standing(), cells.newest())


def mail_server() -> Finding:
    """A greeting and, where it is wanted, TLS; nothing is sent and nobody signs in."""
    if not settings.EMAIL_BACKEND.endswith("smtp.EmailBackend"):
        return Finding(WARN, "mail is kept as files on this machine", "For real: VIGIL_SMTP_HOST.")
    kind = smtplib.SMTP_SSL if settings.EMAIL_USE_SSL else smtplib.SMTP
    with kind(settings.EMAIL_HOST, settings.EMAIL_PORT, timeout=SMTP_SECONDS) as server:
        server.ehlo()
        if settings.EMAIL_USE_TLS:
            server.starttls()
    if not settings.EMAIL_USE_TLS and not settings.EMAIL_USE_SSL:
        return Finding(WARN if settings.IS_PRODUCTION else GOOD, "answers, without TLS", "Set VIGIL_SMTP_SECURITY to starttls or tls.")
    return Finding(GOOD, "answers, with TLS")


def drill() -> Finding:
    """The last time that a backup was restored and checked: a backup that nobody has restored is a hope."""
    found = last_drill(clock.now())
    bad = BAD if settings.IS_PRODUCTION else WARN
    failed = f"; the last one failed: {found.failed.why}" if found.failed is not None else ""
    if found.good is None or found.age is None:
        return Finding(bad, f"none yet{failed}", "The drill is weekly, by beat and worker; see docs/operating.md.")
    words = f"{found.good.started_at:%d %b %Y}, took {found.good.minutes} min, {hours(found.age)} ago{failed}"
    return Finding(
        bad if found.is_late or failed else GOOD, words, "See why the drill fails: restore by hand and look." if found.is_late or failed else ""
    )


def anchors() -> Finding:
    """The chains' heads, signed and kept outside of this machine, day by day: at each place that the environment names."""
    places = anchored_places(clock.now())
    if not places:
        return Finding(WARN, "nothing is kept outside", "Name a place in VIGIL_ANCHOR_TO: a trail rebuilt as a whole would not be seen.")
    late = [place.words for place in places if place.is_late]
    if late:
        return Finding(BAD, f"late at {', '.join(late)}", "See why the daily anchor no longer arrives there.")
    return Finding(GOOD, f"in time at {len(places)} {'place' if len(places) == 1 else 'places'}")


def proxy(request: HttpRequest) -> Finding:
    return judging.tls(
        is_production=settings.IS_PRODUCTION, arrives_secure=request.is_secure(), proxies=settings.ALLAUTH_TRUSTED_PROXY_COUNT,
        hsts=settings.SECURE_HSTS_SECONDS,
    )  # fmt: skip


def monitor() -> Finding:
    if not settings.VIGIL_METRICS:
        return Finding(
            WARN if settings.IS_PRODUCTION else GOOD, "metrics are off", "Set VIGIL_MONITOR_TOKEN, and let a monitor ask /metrics and /readyz."
        )
    return Finding(GOOD, "metrics by token" if settings.VIGIL_MONITOR_TOKEN else "metrics from this machine alone")


def configuration(request: HttpRequest | None) -> list[Part]:
    real = settings.IS_PRODUCTION
    return [
        Part("secret", "Secret key", partial(judging.secret, settings.SECRET_KEY, is_production=real)),
        Part("old_secrets", "Old secret keys", partial(judging.old_secrets, len(settings.SECRET_KEY_FALLBACKS))),
        Part("origin", "Address", partial(judging.origin, settings.VIGIL_ORIGIN, settings.ALLOWED_HOSTS, is_production=real)),
        *([Part("tls", "TLS", partial(proxy, request))] if request is not None else []),
        Part("debug", "Debugging", partial(judging.debug, settings.DEBUG)),
        Part("sender", "Sender of mail", partial(judging.sender, settings.DEFAULT_FROM_EMAIL, is_production=real)),
        Part("smtp", "Mail server", mail_server, "Look at VIGIL_SMTP_HOST, VIGIL_SMTP_PORT and VIGIL_SMTP_SECURITY, and at the firewall."),
        Part("monitor", "Monitor", monitor),
    ]


def record() -> list[Part]:
    later = "Look at the database first."
    return [
        Part("migrations", "Migrations", pending_migrations, later),
        Part("guards", "Guards of the database", standing_guards, later),
        Part("rows", "Sites apart in the database", row_security, later),
        Part("fields", "Identifiers sealed by field", fields, later),
        Part("drift", "Clocks of web and database", clock_drift, later),
        Part("anchors", "Anchors of the audit trail", anchors, later),
        Part("drill", "Last drill", drill, later),
    ]


def groups(request: HttpRequest | None = None) -> list[Group]:
    """Everything at once, then under three headings; an answer that is missing says so itself."""
    headings = {"Running": list(parts.PARTS), "The record": record(), "Configuration": configuration(request)}
    answers = iter(asker.ask([part for some in headings.values() for part in some], seconds=SECONDS))
    return [(heading, [next(answers) for _ in some]) for heading, some in headings.items()]
