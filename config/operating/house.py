"""The house's numbers for Prometheus, asked of the database at each visit: counts and ages, never an identity."""

from collections.abc import Callable, Iterator
from datetime import datetime

from django.db import DatabaseError
from django.db.models import Count, Max, Min, OuterRef, Subquery
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from clinic import clock, scope
from clinic.models import AuditEntry, AuditHead, Heartbeat, Site, TaskTally
from reminders.models import OutboxMessage
from sessions.models import MonitoringForm
from sessions.queries.floor import concerns_of
from sessions.rules.concerns import ALERT, CHECK
from sessions.states import FormStatus

# What still waits for somebody's work, of all that ever was.
OPEN_FORMS = (FormStatus.OWED, FormStatus.COMPLETE, FormStatus.SENT)


class HouseCollector(Collector):
    """Says whether the database answered; a number that can't be had is left out rather than told as zero."""

    def describe(self) -> list[Metric]:
        return []

    def collect(self) -> Iterator[Metric]:
        now = clock.now()
        found: list[Metric] = []
        up = 1
        try:
            with scope.every():
                for part in PARTS:
                    found += part(now)
        except DatabaseError:
            up = 0
        yield GaugeMetricFamily("vigil_house_up", "1: the database answered for all of the house's numbers", value=up)
        yield from found


def gauge(name: str, words: str, label: str, values: dict[str, float]) -> GaugeMetricFamily:
    made = GaugeMetricFamily(name, words, labels=[label])
    for key, value in values.items():
        made.add_metric([key], value)
    return made


def outbox(now: datetime) -> Iterator[Metric]:
    counts = dict(OutboxMessage.objects.order_by().values_list("status").annotate(n=Count("pk")))
    yield gauge("vigil_outbox_messages", "Messages by state", "state", {state: counts.get(state, 0) for state in OutboxMessage.Status.values})
    waiting = OutboxMessage.objects.filter(status__in=[OutboxMessage.Status.DUE, OutboxMessage.Status.SENDING], due_at__lte=now)
    oldest = waiting.aggregate(at=Min("due_at"))["at"]
    yield GaugeMetricFamily("vigil_outbox_oldest_waiting_seconds", "How long the oldest due message has waited", value=age(oldest, now))


def floor(now: datetime) -> Iterator[Metric]:
    """Derived as the board derives it, so true while the watchman is silent."""
    late = {"check": 0, "alert": 0}
    for site in Site.objects.filter(is_archived=False).order_by("pk"):
        with scope.of_site(site.pk):
            kinds = [one.kind for one in concerns_of(site, now)]
        late["check"] += kinds.count(CHECK)
        late["alert"] += kinds.count(ALERT)
    yield GaugeMetricFamily("vigil_overdue_checks", "Checks that are late now, of all sites", value=late["check"])
    yield GaugeMetricFamily("vigil_waiting_alerts", "Alerts that nobody has acknowledged in time, of all sites", value=late["alert"])


def forms(now: datetime) -> Iterator[Metric]:
    counts = dict(MonitoringForm.objects.filter(status__in=OPEN_FORMS).order_by().values_list("status").annotate(n=Count("pk")))
    yield gauge("vigil_forms_open", "Monitoring forms that are not filed", "state", {state: counts.get(state, 0) for state in OPEN_FORMS})


def heartbeats(now: datetime) -> Iterator[Metric]:
    """`tick` goes through beat, broker and worker; `watchman`, `sweep` and `sender` have done their round."""
    found = Heartbeat.objects.order_by("name").values_list("name", "beat_at")
    yield gauge("vigil_heartbeat_age_seconds", "Since a background part last did its round", "part", {name: age(at, now) for name, at in found})


def chains(now: datetime) -> Iterator[Metric]:
    last = AuditEntry.objects.filter(chain=OuterRef("chain"), seq=OuterRef("seq")).values("happened_at")[:1]
    heads = list(AuditHead.objects.annotate(at=Subquery(last)).order_by("chain").values_list("chain", "seq", "at"))
    yield gauge("vigil_audit_entries", "Entries of an audit chain; it never falls", "chain", {chain: seq for chain, seq, _ in heads})
    ages = {chain: age(at, now) for chain, _, at in heads if at is not None}
    yield gauge("vigil_audit_head_age_seconds", "Since the last entry of an audit chain", "chain", ages)


def tasks(now: datetime) -> Iterator[Metric]:
    made = CounterMetricFamily("vigil_tasks", "Tasks of the background by how they ended", labels=["task", "outcome"])
    for task, outcome, count in TaskTally.objects.order_by("task", "outcome").values_list("task", "outcome", "count"):
        made.add_metric([task, outcome], count)
    yield made
    ends = TaskTally.objects.filter(outcome=TaskTally.Outcome.DONE).order_by("task").values_list("task").annotate(at=Max("last_at"))
    yield gauge("vigil_task_done_age_seconds", "Since a task last ended well", "task", {task: age(at, now) for task, at in ends})


def age(at: datetime | None, now: datetime) -> float:
    return 0.0 if at is None else max(0.0, (now - at).total_seconds())


PARTS: tuple[Callable[[datetime], Iterator[Metric]], ...] = (outbox, floor, forms, heartbeats, chains, tasks)
