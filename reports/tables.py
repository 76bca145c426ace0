"""The site's other lists as tables: each says which rows of a range of days it holds, and the typed cells of one."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, F, Max, Min, OuterRef, Q, QuerySet, Subquery

from clinic.models import Membership, Site, Training
from clinic.rules.opening import day_bounds
from patients.models import Enrolment, Patient
from reminders.models import OutboxMessage
from reports.models import AuditFinding, Disclosure
from reports.sheets import Cell
from sessions.models import Breach, FormSend, MonitoringForm, Override, SafetyCall
from sessions.queries.course import sprayed
from sessions.queries.forms import OPEN
from sessions.states import DOSED

CHUNK = 500
Cells = tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Range:
    """Days of a site, both included; `today` is the day as of which anything is said."""

    site: Site
    first: date
    last: date
    today: date

    @property
    def moments(self) -> tuple[datetime, datetime]:
        return day_bounds(self.first, self.site.zone)[0], day_bounds(self.last, self.site.zone)[1]

    def within(self, field: str) -> Q:
        """Moments of the days."""
        start, end = self.moments
        return Q(**{f"{field}__gte": start, f"{field}__lt": end})

    def wall(self, at: datetime | None) -> datetime | None:
        return at.astimezone(self.site.zone).replace(tzinfo=None, microsecond=0) if at is not None else None


@dataclass(frozen=True, slots=True)
class Table:
    """`rows` in any order: they are read by their keys, a chunk at a time; what hangs on them comes with the query."""

    name: str
    header: tuple[str, ...]
    rows: Callable[[Range], QuerySet[Any]]
    cells: Callable[[Range, Any], Cells]
    names_patients: bool = True


def chunks(table: Table, asked: Range) -> Iterator[list[Cells]]:
    """In the order in which they were written down."""
    after, rows = 0, table.rows(asked).order_by("pk")
    while some := list(rows.filter(pk__gt=after)[:CHUNK]):
        yield [table.cells(asked, row) for row in some]
        after = some[-1].pk


def patients(asked: Range) -> QuerySet[Patient]:
    """Everybody who was registered up to the last day."""
    days = Q(treatment_sessions__treatment_on__gte=asked.first, treatment_sessions__treatment_on__lte=asked.last)
    dosed = Q(treatment_sessions__status__in=DOSED, treatment_sessions__in=sprayed().filter(site=asked.site).order_by().values("session_id"))
    enrolled = Enrolment.objects.standing().filter(patient=OuterRef("pk")).order_by("submitted_on", "pk").values("submitted_on")[:1]
    return Patient.objects.filter(site=asked.site, created_at__lt=asked.moments[1]).annotate(
        dosed_here=Count("treatment_sessions", filter=days & dosed), first_dosed=Min("treatment_sessions__treatment_on", filter=dosed),
        last_dosed=Max("treatment_sessions__treatment_on", filter=dosed), enrolled=Subquery(enrolled),
    )  # fmt: skip


def patient_cells(asked: Range, row: Any) -> Cells:
    return (
        row.pk, str(row.uid), row.mrn, row.last_name, row.first_name, row.birth_on, row.get_sex_display(), row.get_status_display(), row.enrolled,
        row.first_dosed, row.last_dosed, row.dosed_here,
    )  # fmt: skip


PROOF: Any = FormSend._meta.get_field("proof")


def forms(asked: Range) -> QuerySet[MonitoringForm]:
    """Each revision of a form about a session of these days."""
    proven = FormSend.objects.filter(form=OuterRef("pk"), outcome=FormSend.Outcome.PROVEN).order_by("sent_at", "pk")
    rows = MonitoringForm.objects.filter(site=asked.site, treatment_on__gte=asked.first, treatment_on__lte=asked.last)
    told = rows.select_related("session__patient", "completed_by").defer("answers")
    return told.annotate(
        sends_made=Count("sends"),
        proven_at=Subquery(proven.values("sent_at")[:1]),
        proof=Subquery(proven.values("proof")[:1]),
        proof_of=Subquery(proven.values("client_key")[:1]),
    )


def form_cells(asked: Range, row: Any) -> Cells:
    return (
        row.pk, row.session_id, row.treatment_on, row.session.patient.mrn, row.revision, row.get_status_display(), row.due_on, row.staffed_due_on,
        (asked.today - row.treatment_on).days if row.status in OPEN else None, asked.wall(row.completed_at),
        row.completed_by.printed_name if row.completed_by else "", row.sends_made, asked.wall(row.proven_at), PROOF.opened(row.proof, site=row.site_id, row=row.proof_of) or "", asked.wall(row.filed_at), row.reason,
    )  # fmt: skip


def of_sessions(model: Any, asked: Range, *beside: str) -> QuerySet[Any]:
    """Rows of a session of these days; voided ones count nowhere."""
    rows = model.objects.filter(site=asked.site, session__treatment_on__gte=asked.first, session__treatment_on__lte=asked.last)
    return rows.exclude(session__status="voided").select_related("session__patient", *beside)  # type: ignore[no-any-return]


def decision_cells(asked: Range, row: Override) -> Cells:
    visit = row.session
    return (
        visit.pk,
        visit.treatment_on,
        visit.patient.mrn,
        row.rule,
        row.get_gate_display(),
        row.text,
        row.reason,
        asked.wall(row.decided_at),
        row.decided_by.printed_name,
    )


def breach_cells(asked: Range, row: Breach) -> Cells:
    return (
        row.session.pk,
        row.session.treatment_on,
        row.session.patient.mrn,
        row.rule,
        row.text,
        asked.wall(row.happened_at),
        asked.wall(row.recorded_at),
    )


def call_cells(asked: Range, row: SafetyCall) -> Cells:
    visit = row.session
    return (
        visit.pk, visit.treatment_on, visit.patient.mrn, row.get_why_display(), asked.wall(row.due_at), asked.wall(row.closed_at),
        row.closed_by.printed_name if row.closed_by else "", row.closed_how,
    )  # fmt: skip


def finding_cells(asked: Range, row: AuditFinding) -> Cells:
    visit = row.session
    return (
        row.pk, row.found_on, row.rule, row.measure, row.session_id, visit.patient.mrn if visit else "", row.words, row.owner.printed_name if row.owner else "",
        row.cause, row.action, row.due_on, row.recheck_on, "open" if row.closed_at is None else row.get_closed_how_display(), asked.wall(row.closed_at),
        row.closed_why, (asked.today - row.found_on).days if row.closed_at is None else None,
    )  # fmt: skip


def staff(asked: Range) -> QuerySet[Membership]:
    """Who worked here on any of these days, with the REMS training that ends last."""
    start, end = asked.moments
    rows = Membership.objects.filter(site=asked.site, created_at__lt=end).filter(Q(ended_at__isnull=True) | Q(ended_at__gte=start))
    trained = Training.objects.filter(membership=OuterRef("pk"), kind=Training.Kind.REMS).order_by(F("expires_on").desc(nulls_first=True), "-pk")
    told = rows.select_related("user")
    return told.annotate(trained_on=Subquery(trained.values("completed_on")[:1]), trained_until=Subquery(trained.values("expires_on")[:1]))


def staff_cells(asked: Range, row: Any) -> Cells:
    return (
        row.pk, row.user.printed_name, row.get_role_display(), row.get_credential_display(), asked.wall(row.created_at), asked.wall(row.ended_at),
        row.trained_on, row.trained_until,
    )  # fmt: skip


def message_cells(asked: Range, row: OutboxMessage) -> Cells:
    return (
        row.pk, row.patient.mrn if row.patient else "", row.session_id, row.get_kind_display(), row.get_channel_display(), row.get_status_display(),
        asked.wall(row.due_at), asked.wall(row.sent_at), row.attempts, row.why,
    )  # fmt: skip


def ledger_cells(asked: Range, row: Disclosure) -> Cells:
    return (
        asked.wall(row.disclosed_at), row.disclosed_by.printed_name, row.what, row.recipient, row.purpose, row.rows,
        "yes" if row.names_patients else "no", row.patient.mrn if row.patient else "", row.sha256,
    )  # fmt: skip


VISIT = ("session", "day of treatment", "MRN")
TABLES: dict[str, Table] = {
    "patients": Table(
        "All patients", ("patient", "patient uid", "MRN", "last name", "first name", "born", "sex", "state", "enrolled on", "first dosed on", "last dosed on", "dosed in these days"),
        patients, patient_cells,
    ),
    "forms": Table(
        "All monitoring forms",
        ("form", *VISIT, "revision", "state", "due on", "last staffed day", "days owed", "confirmed", "confirmed by", "sends", "proven send", "proof", "filed", "corrected because"),
        forms, form_cells,
    ),
    "decisions": Table(
        "All decisions against warnings", (*VISIT, "rule", "gate", "warning", "reason", "decided", "by"),
        lambda asked: of_sessions(Override, asked, "decided_by"), decision_cells,
    ),
    "broken": Table(
        "All breaches", (*VISIT, "rule", "what", "happened", "recorded"), lambda asked: of_sessions(Breach, asked), breach_cells,
    ),
    "calls": Table(
        "All safety calls", (*VISIT, "why", "due", "closed", "closed by", "how"), lambda asked: of_sessions(SafetyCall, asked, "closed_by"), call_cells,
    ),
    "findings": Table(
        "All findings of the self-audit",
        ("finding", "found on", "rule", "measure", "session", "MRN", "what fell short", "owner", "cause", "action", "due on", "re-check on", "state", "closed", "closed because", "days open"),
        lambda asked: AuditFinding.objects.filter(site=asked.site, found_on__gte=asked.first, found_on__lte=asked.last).select_related("session__patient", "owner"),
        finding_cells,
    ),
    "staff": Table(
        "All staff and their training", ("member", "name", "role", "credential", "since", "until", "REMS training completed", "valid until"),
        staff, staff_cells, names_patients=False,
    ),
    "messages": Table(
        "All messages to patients, without their words", ("message", "MRN", "session", "kind", "way", "state", "due", "sent", "tries", "why"),
        lambda asked: OutboxMessage.objects.filter(asked.within("due_at"), site=asked.site).select_related("patient"), message_cells,
    ),
    "ledger": Table(
        "What has left the site", ("when", "by", "what", "to whom", "why", "rows", "names patients", "MRN", "SHA-256"),
        lambda asked: Disclosure.objects.filter(asked.within("disclosed_at"), site=asked.site).select_related("disclosed_by", "patient"), ledger_cells,
    ),
}  # fmt: skip
