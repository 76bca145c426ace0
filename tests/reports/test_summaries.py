"""Summaries say what the truth says: on random histories, after every act and midnight, by night beside the truth; and the network's year from them."""

from collections.abc import Callable, Iterable
from contextlib import nullcontext
from datetime import date, datetime, time, timedelta
from typing import Any
from unittest.mock import Mock
from uuid import uuid4

import pytest
from celery.exceptions import SoftTimeLimitExceeded
from django.db import transaction
from django.test import Client

from clinic import audit
from clinic.actions.people import record_training
from clinic.actions.policy import plan_policy, withdraw_policy
from clinic.actions.presence import correct_presence, record_coming, record_leaving
from clinic.models import DutyPeriod, Membership, Site, SitePolicy
from clinic.roles import Role
from patients.actions.facts import record_enrolment
from reports.actions.summaries import begin, bring_up_to_date, check_all, month_end, sum_up, write_month
from reports.models import MonthSummary, SiteSummary, VisitSummary
from reports.queries import facts_of
from reports.queries.summaries import judged_between, judged_of
from reports.queries.touched import head_of
from reports.rules import MEASURES, evaluate
from reports.rules.judged import FAR, WAITING, Judged, added_up, judged, tallies
from sessions.actions import emergency, leaving, watch
from sessions.actions.filing import prove_send, send_form
from sessions.actions.voiding import void_session
from sessions.models import Emergency, Observation, TreatmentSession
from sessions.states import Status
from tests.cast import NOW, TODAY, Cast
from tests.factories.forms import confirmed, proof_of
from tests.factories.sessions import GOOD_VITALS, at_state
from tests.reports.histories import DAYS, ZONES
from tests.reports.test_naive import FIRST, LAST, lived

SEEDS = ((11, DAYS[0], ZONES[0]), (12, DAYS[3], ZONES[3]), (13, DAYS[5], ZONES[1]))


def noon(site: Site, day: date) -> datetime:
    return datetime.combine(day, time(12), site.zone)


def told(visits: Any, today: date) -> dict[str, object]:
    """Every measure's rows in their order, and by what each visit is found."""
    rows: dict[str, object] = {measure.code: evaluate(measure, visits, today=today).rows for measure in MEASURES}
    return rows | {"visits": [(one.pk, one.treatment_on, one.status, one.is_dosed, one.keys) for one in visits]}


def agrees(site: Site, today: date, *, summed: bool | None = None) -> None:
    """The page's reading is the truth; `summed`: it did, or didn't, come from summaries at all."""
    visits, truth = judged_between(site, FIRST, LAST, today), facts_of(site, FIRST, LAST)
    assert truth, "nothing to compare"
    assert told(visits, today) == told(truth, today)
    for one, measure in zip(tallies(visits, today), MEASURES, strict=True):
        alone = evaluate(measure, truth, today=today)
        for name in ("counted", "kept", "percent", "values", "behind", "flagged", "bands"):
            assert getattr(one, name) in (getattr(alone, name), ()), f"{name} of {measure.code}"
    assert summed is None or all(isinstance(one, Judged) is summed for one in visits)


def months_agree(site: Site, today: date) -> None:
    months = {facts.treatment_on.replace(day=1) for facts in facts_of(site, FIRST, LAST)}
    assert {row.month for row in MonthSummary.objects.filter(site=site, visits__gt=0)} == months
    for row in MonthSummary.objects.filter(site=site):
        truth = [judged(facts, today) for facts in facts_of(site, row.month, month_end(row.month))]
        assert (row.visits, row.dosed, row.numbers) == (len(truth), sum(one.is_dosed for one in truth), added_up(truth))


def each_is_told(site: Site, acts: Iterable[Callable[[], object]]) -> None:
    """In the next page, and then summed up."""
    for act in acts:
        act()
        agrees(site, TODAY)
        assert bring_up_to_date(site, now=NOW)
        agrees(site, TODAY, summed=True)
    months_agree(site, TODAY)
    assert not bring_up_to_date(site, now=NOW)


@pytest.mark.parametrize(("seed", "day", "zone"), SEEDS)
def test_on_random_histories_and_as_the_days_pass(seed: int, day: date, zone: str, cast: Cast) -> None:
    with transaction.atomic():
        lived(cast, seed=seed, day=day, zone=zone, size=2)
        site = Site.objects.get(pk=cast.riverside.pk)
        for age in (0, 1, 2, 9, 30, 60):
            today = day + timedelta(days=age)
            if age:
                agrees(site, today, summed=True)
            bring_up_to_date(site, now=noon(site, today))
            agrees(site, today, summed=True)
            months_agree(site, today)
        assert VisitSummary.objects.filter(site=site, is_settled=True).exists()
        for facts in facts_of(site, FIRST, LAST):
            own = max(facts.treatment_on, day)
            for measure in set(MEASURES) - set(WAITING):
                assert measure.answer(facts, own) == measure.answer(facts, own + FAR), f"{measure.code} waits for days"
        transaction.set_rollback(True)


def test_after_every_act(cast: Cast) -> None:
    """A correction, an addendum, a form that is sent and proven, a void, presence, a training: each is in the next page, and then summed up."""
    site, by, form = cast.riverside, {"by": cast.nurse, "now": NOW}, confirmed(cast)
    live = at_state(Status.MONITORING, cast, first_device_at=NOW - timedelta(minutes=50))
    bring_up_to_date(site, now=NOW)

    def check(**values: object) -> watch.Check:
        return watch.Check(values=GOOD_VITALS | values, observed_at=NOW - timedelta(minutes=5), client_key=uuid4(), is_confirmed=True)

    def correct() -> object:
        return watch.correct_observation(Observation.objects.latest("pk"), check=check(pulse=99), reason="Slip", **by)

    def add() -> object:
        given = {"text": "Called: well.", "reason": "By phone", "observed_at": NOW, "proof": proof_of(cast.nurse), "membership": cast.of(cast.nurse)}
        return leaving.add_addendum(form.session, client_key=uuid4(), now=NOW, **given)

    who, place = {"by": cast.prescriber, "now": NOW}, cast.of(cast.prescriber)
    acts: tuple[Callable[[], object], ...] = (
        lambda: watch.record_observation(live, check=check(systolic=151), **by),
        correct,
        add,
        lambda: send_form(form, method="fax", sent_at=NOW, client_key=uuid4(), **by),
        lambda: prove_send(form.sends.get(), proof="FAX-1", proof_file=None, **by),
        lambda: record_coming(place, at=NOW - timedelta(hours=4), **who),
        lambda: record_leaving(place, at=NOW - timedelta(hours=1), **who),
        lambda: record_training(cast.of(cast.nurse), kind="rems", completed_on=TODAY, expires_on=None, note="", by=cast.admin, now=NOW),
        lambda: (
            at_state(Status.MISSED, cast, patient=live.patient)
            and audit.record(action="session.missed", target=live, site=site, patient_pk=live.patient_id, **by)
        ),
        lambda: void_session(at_state(Status.BOOKED, cast), reason="Twice", second=None, **by),
    )
    each_is_told(site, acts)


@pytest.mark.usefixtures("usual_lock")
def test_after_what_was_said_is_said_otherwise(cast: Cast) -> None:
    """An emergency is another patient's, a policy is planned and taken back, an enrolment and a presence are put right."""
    site, by = cast.riverside, {"by": cast.prescriber, "now": NOW}
    one, other = at_state(Status.DISCHARGED, cast), at_state(Status.DISCHARGED, cast)
    bring_up_to_date(site, now=NOW)
    given, place = one.patient.enrolments.get(), cast.of(cast.prescriber)
    days = {name: getattr(given, name) for name in ("patient_signed_on", "prescriber_signed_on", "method")}

    def place_anew() -> object:
        return emergency.set_place(Emergency.objects.get(), session=other, chair=None, place="", **by)

    def plan() -> object:
        values = {"late_entry_minutes": 45, "minimum_watch_minutes": 150}
        return plan_policy(site, effective_on=TODAY + timedelta(days=1), values=values, reason="Decided", by=cast.admin, now=NOW)

    def enrol_anew() -> object:
        told = {"fields": {**days, "submitted_on": TODAY}, "supersedes": given, "reason": "Slip"}
        return record_enrolment(one.patient, client_key=uuid4(), **told, **by)

    def stay_otherwise() -> object:
        at = {"came_at": NOW - timedelta(minutes=30), "left_at": NOW - timedelta(minutes=10)}
        return correct_presence(place, period=DutyPeriod.objects.get(membership=place), reason="Slip", client_key=uuid4(), **at, **by)

    acts: tuple[Callable[[], object], ...] = (
        lambda: emergency.press(site, session=one, client_key=uuid4(), **by),
        place_anew,
        plan,
        lambda: withdraw_policy(SitePolicy.objects.latest("pk"), by=cast.admin, now=NOW),
        enrol_anew,
        lambda: record_coming(place, at=NOW - timedelta(hours=4), **by),
        lambda: record_leaving(place, at=NOW, **by),
        stay_otherwise,
    )
    each_is_told(site, acts)


def test_what_moves_or_is_too_much_while_all_is_summed_up(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """No month keeps a visit that has left it; too many visits at once begin anew, as far as time allows; wrong sums are put right by night."""
    site, next_day = cast.riverside, NOW + timedelta(days=1)
    moved, _ = at_state(Status.DISCHARGED, cast, treatment_on=TODAY - timedelta(days=40)), at_state(Status.DISCHARGED, cast)
    state, month = begin(site, head_of(site), TODAY), (TODAY - timedelta(days=40)).replace(day=1)
    write_month(state, month, month_end(month))
    TreatmentSession.objects.filter(pk=moved.pk).update(treatment_on=TODAY)
    assert bring_up_to_date(site, now=NOW)
    months_agree(site, TODAY)
    MonthSummary.objects.filter(visits=2).update(visits=9)
    for away in (-3650, 3650):
        MonthSummary.objects.create(site=site, month=(TODAY + timedelta(days=away)).replace(day=1), visits=1, dosed=1, numbers={"watched": [1, 1]})
    check_all(now=NOW, seconds=60)
    months_agree(site, TODAY)
    monkeypatch.setattr("reports.actions.summaries.MOST", 0)
    for until, summed in ((0.0, False), (float("inf"), True)):
        assert bring_up_to_date(site, now=next_day, until=until)
        agrees(site, TODAY + timedelta(days=1), summed=summed)


def test_a_site_that_fails_keeps_nobody_waiting_but_the_end_of_time_is_heard(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    for error, heard in ((ValueError, False), (SoftTimeLimitExceeded, True)):
        monkeypatch.setattr("reports.actions.summaries.bring_up_to_date", Mock(side_effect=error))
        with pytest.raises(error) if heard else nullcontext():
            assert sum_up(now=NOW, seconds=60)["failed"] == Site.objects.count()


def test_by_night_what_differs_is_told_and_put_right(cast: Cast, caplog: pytest.LogCaptureFixture) -> None:
    site = cast.riverside
    session = at_state(Status.DISCHARGED, cast)
    bring_up_to_date(site, now=NOW)
    assert check_all(now=NOW, seconds=60) == {"done": 1, "failed": 0}
    assert SiteSummary.objects.get(site=site).wrong == 0
    row = VisitSummary.objects.get(session=session)
    VisitSummary.objects.filter(session=session).update(marks=row.marks.replace("1", "0"))
    bring_up_to_date(site, now=NOW + timedelta(days=1))
    VisitSummary.objects.filter(session=session).update(marks=row.marks.replace("1", "0"))
    check_all(now=NOW + timedelta(days=1), seconds=60)
    assert SiteSummary.objects.get(site=site).wrong == 1
    assert "differed from the truth" in caplog.text
    agrees(site, TODAY + timedelta(days=1), summed=True)
    months_agree(site, TODAY + timedelta(days=1))
    SiteSummary.objects.update(version="another")
    agrees(site, TODAY + timedelta(days=1), summed=False)


def test_the_network_year_shows_my_sites_alone(cast: Cast, sign_in: Callable[..., Client]) -> None:
    at_state(Status.DISCHARGED, cast)
    client, path = sign_in(cast.admin), "/riverside/reports/network/"
    assert "1 site not summed up yet" in client.get(path).content.decode()
    sum_up(now=NOW, seconds=60)
    page = client.get(path, {"until": f"{TODAY:%Y-%m}"}).content.decode()
    assert "1 visit, 1 with a spray" in page
    assert "Hillcrest" not in page
    audit.record(action="report.read", target=cast.riverside, by=cast.admin, now=NOW, site=cast.riverside)
    assert "written at" not in client.get(path).content.decode()
    SiteSummary.objects.update(as_of=TODAY - timedelta(days=1))
    assert "written at 1 site just now, or a new day has begun" in client.get(path).content.decode()
    SiteSummary.objects.update(as_of=TODAY)
    Membership.objects.create(site=cast.hillcrest, user=cast.admin, role=Role.ADMINISTRATOR, created_at=NOW)
    audit.record(action="session.arrived", target=cast.riverside, by=cast.admin, now=NOW, site=cast.riverside)
    page = client.get(path, {"until": "2025-12"}).content.decode()
    assert "Hillcrest" in page
    assert "Nothing to measure yet" in page
    assert "written at 1 site" in page
    assert [client.get(path, {"until": junk}).status_code for junk in ("2026-13", "x", "1800-01")] == [422, 422, 422]
    assert [one.pk for one in judged_of(cast.riverside, FIRST, LAST)] == [row.pk for row in VisitSummary.objects.all()]
