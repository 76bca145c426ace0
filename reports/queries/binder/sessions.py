"""Everything on record of each session, in turn: a constant number of queries for each stretch of sessions, whatever the binder's length."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from django.db.models import Exists, OuterRef

from clinic.models import DutyCorrection, DutyPeriod
from reports.queries.binder.house import HousePapers, Worker
from reports.queries.binder.papers import Papers, papers_of
from reports.queries.binder.scope import Scope, State
from sessions.models import Emergency, HelpCall, TreatmentSession
from sessions.picture import Picture, pictures_of
from sessions.queries.gone import departure_entries, emergency_entries
from sessions.queries.help import call_entries, calls_of
from sessions.queries.policies import policies_for
from sessions.queries.presence import Absence, absences_between
from sessions.queries.record import superseded_of
from sessions.queries.timeline import timeline

STRETCH = 50
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass
class SessionPapers:
    """One session of the binder: `number` is its place in it."""

    number: int
    picture: Picture
    entries: list[dict[str, Any]]
    replaced: list[dict[str, Any]]
    papers: Papers
    stays: list[DutyPeriod] = field(default_factory=list)
    absences: list[Absence] = field(default_factory=list)
    duty_corrections: list[DutyCorrection] = field(default_factory=list)
    workers: list[Worker] = field(default_factory=list)

    @property
    def session(self) -> TreatmentSession:
        return self.picture.session


def papers_in_turn(scope: Scope, house: HousePapers, state: State) -> Iterator[SessionPapers]:
    """Session by session; only one stretch of them is in memory. What still runs is told as it stood at the state's last act."""
    for start in range(0, len(scope.keys), STRETCH):
        keys = scope.keys[start : start + STRETCH]
        yield from stretch(scope, house, keys, start + 1, state.at or LONG_AGO)


def stretch(scope: Scope, house: HousePapers, keys: tuple[int, ...], first_number: int, as_of: datetime) -> Iterator[SessionPapers]:
    marks = {name: Exists(model.objects.filter(session=OuterRef("pk"))) for name, model in (("had_help", HelpCall), ("had_emergency", Emergency))}
    rows = TreatmentSession.objects.filter(pk__in=keys).select_related(
        "patient", "chair", "course__prescriber", "order", "policy", "monitor", "booked_by", "escort"
    )
    found = {row.pk: row for row in rows.annotate(**marks)}  # type: ignore[arg-type]
    sessions = [found[key] for key in keys if key in found]
    for session in sessions:
        session.site = scope.site
    pictures = {picture.session.pk: picture for picture in pictures_of(sessions, policies_for(sessions))}
    replaced, papers = superseded_of(keys), papers_of(scope.site, sessions)
    for number, session in enumerate(sessions, first_number):
        yield one(number, pictures[session.pk], replaced[session.pk], papers[session.pk], house, as_of)


def one(number: int, picture: Picture, replaced: list[dict[str, Any]], papers: Papers, house: HousePapers, as_of: datetime) -> SessionPapers:
    first, end = picture.first_device_at, picture.ended_at or as_of
    stays = house.stays_over(first, end) if first is not None and first < end else []
    gaps = absences_between(stays, first, end) if first is not None and first < end else []
    calls = calls_of(picture)
    entries = [*timeline(picture, gaps), *call_entries(picture, calls, now=as_of), *emergency_entries(picture), *departure_entries(picture)]
    entries.sort(key=lambda entry: (entry["at"], entry["title"], entry["pk"]))
    return SessionPapers(
        number=number, picture=picture, entries=entries, replaced=replaced, papers=papers, stays=stays, absences=gaps,
        duty_corrections=house.corrections_of(stays), workers=house.workers_of(people_of(picture, papers), picture.session.treatment_on),
    )  # fmt: skip


def people_of(picture: Picture, papers: Papers) -> dict[int, set[str]]:
    """By person, what they did in this session: it is for them that a training counts (SET-3)."""
    did: dict[int, set[str]] = {}

    def add(pk: int | None, what: str) -> None:
        if pk is not None:
            did.setdefault(pk, set()).add(what)

    add(picture.session.monitor_id, "monitor")
    for device in picture.devices:
        add(device.observed_by_id or device.recorded_by_id, "watched a device")
    for check in (*picture.observations, *picture.rounds):
        add(check.observed_by_id or check.recorded_by_id, "checks and rounds")
    for row in picture.overrides:
        add(row.decided_by_id, "decided")
    for check in picture.predose_checks:
        add(check.recorded_by_id, "asked before the dose")
    if papers.discharge is not None:
        add(papers.discharge.discharged_by_id, "signed the discharge")
        add(papers.discharge.second_signer_id, "second signature")
    return did
