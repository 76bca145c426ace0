"""Summaries say what the truth says: on random histories, after every act and midnight, by night beside the truth; and the network's year from them."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import transaction
from django.test import Client

from clinic import audit
from clinic.actions.people import record_training
from clinic.actions.presence import record_coming, record_leaving
from clinic.models import Membership, Site
from clinic.roles import Role
from reports.actions.summaries import bring_up_to_date, check_all, month_end, sum_up
from reports.models import MonthSummary, SiteSummary, VisitSummary
from reports.queries import facts_of
from reports.queries.summaries import judged_between, judged_of
from reports.rules import MEASURES, evaluate
from reports.rules.judged import FAR, WAITING, Judged, added_up, judged
from sessions.actions import leaving, watch
from sessions.actions.filing import prove_send, send_form
from sessions.actions.voiding import void_session
from sessions.models import Observation
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
    assert told(visits, today) == told(truth, today)
    assert summed is None or all(isinstance(one, Judged) is summed for one in visits)


def months_agree(site: Site, today: date) -> None:
    for row in MonthSummary.objects.filter(site=site):
        truth = [judged(facts, today) for facts in facts_of(site, row.month, month_end(row.month))]
        assert (row.visits, row.dosed, row.numbers) == (len(truth), sum(one.is_dosed for one in truth), added_up(truth))


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
    for act in acts:
        act()
        agrees(site, TODAY)
        assert bring_up_to_date(site, now=NOW)
        agrees(site, TODAY, summed=True)
    months_agree(site, TODAY)
    assert not bring_up_to_date(site, now=NOW)


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
