"""Which monitoring forms are owed, by both deadlines: the one query for the board, the filing desk, the watchman and the reports."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import QuerySet

from clinic.models import Site
from clinic.prepared import prepared
from clinic.queries import calendar_of, today_at
from clinic.rules.opening import Calendar, local_day
from sessions.models import Addendum, FormSend, MonitoringForm
from sessions.rules.deadlines import Deadlines, Urgency, is_in_time, urgency
from sessions.states import PRESENT, FormStatus

OPEN = (FormStatus.OWED, FormStatus.COMPLETE, FormStatus.SENT)
DEADLINE_COLUMNS = ("status", "due_on", "treatment_on", "revision", "owed_at")
PRESSING = (Urgency.OVERDUE, Urgency.LATE, Urgency.TODAY, Urgency.TOMORROW)


@dataclass
class FormRow:
    """One form with what a list shows of it. `limits` follow the hours and closures of today, not of the day it became owed."""

    form: MonitoringForm
    limits: Deadlines
    urgency: Urgency
    pending: FormSend | None = None
    failed: FormSend | None = None
    has_addendum: bool = False

    @property
    def is_amendment(self) -> bool:
        return self.form.revision > 1

    @property
    def state(self) -> str:
        """The word of the pill."""
        return "amendment" if self.is_amendment and self.form.status == FormStatus.OWED else self.form.status

    @property
    def is_live(self) -> bool:
        """The patient is still here: nothing can be confirmed yet."""
        return self.form.session.status in PRESENT

    @property
    def is_pressing(self) -> bool:
        return self.form.status in OPEN and self.urgency in PRESSING


@dataclass(frozen=True)
class OwedSummary:
    """How many forms are owed: not proven filed (PMF-5). `total` is what every page calls owed; by their state to be confirmed, sent or proven."""

    owed: int = 0
    complete: int = 0
    sent: int = 0
    due_today: int = 0
    overdue: int = 0
    calendar: Calendar | None = None

    @property
    def total(self) -> int:
        return self.owed + self.complete + self.sent


def forms_of(site: Site) -> QuerySet[MonitoringForm]:
    return MonitoringForm.objects.filter(site=site).select_related("session", "session__patient", "session__chair")


# A name is opened by its row's own number, where it is sealed.
NAMED = tuple(f"session__patient__{name}" for name in ("site", "uid", "last_name", "first_name"))


def listed(forms: QuerySet[MonitoringForm]) -> QuerySet[MonitoringForm]:
    """With the columns of a list alone: neither answers and proposals nor the rest of the patient."""
    few = forms.select_related(None).select_related("session__patient")
    return few.only(*DEADLINE_COLUMNS, "completed_at", "session__status", *NAMED)


def forms_owed(site: Site) -> QuerySet[MonitoringForm]:
    """Every form that isn't proven filed, the most pressing first: day 7 and the last staffed day rise together (PMF-5)."""
    return forms_of(site).filter(status__in=OPEN).order_by("due_on", "pk")


def calendar_for(site: Site, forms: Iterable[MonitoringForm]) -> Calendar:
    """The site's calendar over the days of these forms."""
    found = list(forms)
    if not found:
        return Calendar(site.zone, (), frozenset())
    return calendar_of(site, min(day_0_of(form, site.zone) for form in found), max(form.due_on for form in found))


def days_of(forms: Iterable[MonitoringForm], days: Iterable[date], zone: ZoneInfo) -> tuple[date, date]:
    """What a calendar must cover for these forms and days, and for the week before them."""
    found, others = list(forms), list(days)
    first = min([*others, *(day_0_of(form, zone) for form in found)])
    return min(first, min(others) - timedelta(days=7)), max([*others, *(form.due_on for form in found)])


def day_0_of(form: MonitoringForm, zone: ZoneInfo) -> date:
    """The first day that a deadline may fall on: a correction's is the day on which it became owed."""
    return form.treatment_on if form.revision == 1 else max(form.treatment_on, min(form.due_on, local_day(form.owed_at, zone)))


def limits_of(form: MonitoringForm, calendar: Calendar) -> Deadlines:
    return Deadlines(form.due_on, calendar.last_staffed_day(form.due_on, day_0_of(form, calendar.zone)))


@prepared
def unproven_sends(form_pks: list[int]) -> QuerySet[FormSend]:
    return FormSend.objects.filter(form_id__in=form_pks).exclude(outcome=FormSend.Outcome.PROVEN).order_by("sent_at", "pk")


@prepared
def addenda_of(session_pks: list[int]) -> QuerySet[Addendum, tuple[int, datetime]]:
    return Addendum.objects.standing().filter(session_id__in=session_pks).order_by().values_list("session_id", "recorded_at")


@prepared
def open_deadlines(site_pk: int) -> QuerySet[MonitoringForm]:
    return MonitoringForm.objects.filter(site_id=site_pk, status__in=OPEN).only(*DEADLINE_COLUMNS).order_by("due_on", "pk")


def rows_of(site: Site, forms: Iterable[MonitoringForm], now: datetime, calendar: Calendar | None = None) -> list[FormRow]:
    """Forms with deadlines, open and failed sends and later addenda, in four queries whatever their number.

    `calendar` may be given where it was read already; it must cover the days of these forms.
    """
    found = list(forms)
    calendar, today = calendar or calendar_for(site, found), today_at(site, now)
    limits = {form.pk: limits_of(form, calendar) for form in found}
    rows = {form.pk: FormRow(form, limits[form.pk], urgency(limits[form.pk], today)) for form in found}
    for send in unproven_sends(list(rows)):
        setattr(rows[send.form_id], "pending" if send.outcome == FormSend.Outcome.PENDING else "failed", send)
    added = {form.session_id: form for form in found if form.completed_at is not None}
    for session_pk, recorded_at in addenda_of(list(added)):
        form = added[session_pk]
        rows[form.pk].has_addendum |= form.completed_at is not None and recorded_at > form.completed_at
    return list(rows.values())


def owed_summary(site: Site, now: datetime, beside: Iterable[MonitoringForm] = ()) -> OwedSummary:
    """Counts of open forms in three queries, and the calendar over their days and over those of the forms `beside` them."""
    forms = open_deadlines(site.pk)
    calendar, today = calendar_for(site, [*forms, *beside]), today_at(site, now)
    states = [urgency(limits_of(form, calendar), today) for form in forms]
    count = {status: sum(form.status == status for form in forms) for status in OPEN}
    return OwedSummary(
        owed=count[FormStatus.OWED],
        complete=count[FormStatus.COMPLETE],
        sent=count[FormStatus.SENT],
        due_today=states.count(Urgency.TODAY),
        overdue=states.count(Urgency.OVERDUE) + states.count(Urgency.LATE),
        calendar=calendar,
    )


@dataclass(frozen=True)
class Filing:
    """How a session's form stands for a report: the newest revision, and whether the first that was proven went out in time."""

    form: MonitoringForm
    due_on: date
    sent_on: date | None

    @property
    def in_time(self) -> bool:
        return is_in_time(self.sent_on, self.due_on)


def filings_of(site: Site, session_pks: Iterable[int]) -> dict[int, Filing]:
    """Session pk → its filing, in two queries (PMF-5); void forms are left out."""
    known = MonitoringForm.objects.filter(site=site, session_id__in=list(session_pks)).exclude(status=FormStatus.VOID)
    forms = known.only("session_id", *DEADLINE_COLUMNS).order_by("revision")  # neither answers nor proposals
    newest: dict[int, MonitoringForm] = {}
    due: dict[int, date] = {}
    for form in forms:
        newest[form.session_id] = form
        due.setdefault(form.session_id, form.due_on)
    sent: dict[int, date] = {}
    proven = FormSend.objects.filter(site=site, form__session_id__in=list(newest), outcome=FormSend.Outcome.PROVEN).order_by("sent_at", "pk")
    for session_pk, sent_at in proven.values_list("form__session_id", "sent_at"):
        sent.setdefault(session_pk, sent_at.astimezone(site.zone).date())
    return {pk: Filing(form, due[pk], sent.get(pk)) for pk, form in newest.items()}
