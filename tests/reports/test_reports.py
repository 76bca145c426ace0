"""The compliance pages: right numbers from rows, who may see them, what they cost, and bad addresses."""

import uuid
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.html import escape

from clinic.models import AuditEntry, DutyPeriod
from reports.models import Disclosure
from reports.queries import facts_of
from reports.rules import MEASURES, evaluate
from sessions.models import Discharge, FormSend, Observation, ReadinessCheck, TreatmentSession
from sessions.states import Status
from tests.cast import NOW, TODAY, Cast
from tests.factories.changing import change
from tests.factories.sessions import DeviceUseFactory, ObservationFactory, at_state

FIRST = NOW - timedelta(minutes=200)
PATH = "/riverside/reports/"
RANGE = {"first": "2026-06-01", "last": "2026-06-30"}


def a_good_session(cast: Cast, **fields: object) -> TreatmentSession:
    """Two devices 200 minutes ago, pressures before, at 40 minutes and before the end 130 minutes after the first."""
    end = FIRST + timedelta(minutes=130)
    session = at_state(Status.DISCHARGED, cast, first_device_at=FIRST, discharged_at=end, **fields)
    for minutes in (40, 125):
        ObservationFactory(session=session, observed_at=FIRST + timedelta(minutes=minutes), recorded_by=cast.nurse)
    return session


@pytest.fixture
def session(cast: Cast, prescriber_here: DutyPeriod) -> TreatmentSession:
    DutyPeriod.objects.filter(pk=prescriber_here.pk).update(came_at=FIRST - timedelta(hours=1))
    return a_good_session(cast)


def results(cast: Cast, first: date = TODAY, last: date = TODAY) -> dict[str, tuple[int, int]]:
    facts = facts_of(cast.riverside, first, last)
    found = [evaluate(measure, facts, today=TODAY) for measure in MEASURES]
    return {result.measure.code: (result.kept, result.counted) for result in found}


SIX = {"watched": (1, 1), "pressures": (1, 1), "filed": (0, 0), "enrolled": (1, 1), "prescriber": (1, 1), "signed_out": (1, 1)}


def test_a_session_that_kept_everything(session: TreatmentSession, cast: Cast) -> None:
    assert SIX.items() <= results(cast).items()


def test_who_left_or_was_signed_out_early_falls_short(session: TreatmentSession, cast: Cast) -> None:
    at_state(Status.LEFT, cast)
    at_state(Status.TRANSFERRED, cast)
    ready = ReadinessCheck.objects.create(site=session.site, session=session, observed_at=NOW, recorded_at=NOW, recorded_by=cast.nurse, answers={})
    Discharge.objects.create(
        site=session.site, session=session, readiness=ready, discharged_at=NOW, discharged_by=cast.nurse, recorded_at=NOW, client_key=uuid.uuid4(),
        is_early=True, early_reason="Ill", second_signer=cast.prescriber,
    )  # fmt: skip
    assert results(cast)["signed_out"] == (0, 2)


def test_a_session_under_way_isnt_judged_by_its_end(cast: Cast) -> None:
    at_state(Status.MONITORING, cast)
    assert results(cast)["watched"] == (0, 0)
    assert results(cast)["enrolled"] == (1, 1)


def test_who_left_without_a_spray_is_no_dosed_session(cast: Cast) -> None:
    left = at_state(Status.CLEARED, cast)
    DeviceUseFactory(session=left, sprays=0, has_failed=True)
    change(TreatmentSession.objects.filter(pk=left.pk), status=Status.LEFT, left_at=NOW, status_reason="Went home")
    assert [facts.is_dosed for facts in facts_of(cast.riverside, TODAY, TODAY)] == [False]
    assert (results(cast)["watched"], results(cast)["left"]) == ((0, 0), (1, 1))


def test_a_value_not_obtained_is_no_pressure(session: TreatmentSession, cast: Cast) -> None:
    ObservationFactory(
        session=session,
        observed_at=FIRST + timedelta(minutes=41),
        systolic=None,
        diastolic=None,
        not_obtained={"systolic": "Asleep", "diastolic": "Asleep"},
    )
    assert results(cast)["pressures"] == (1, 1)
    mid = Observation.objects.get(session=session, observed_at=FIRST + timedelta(minutes=40))
    ObservationFactory(session=session, observed_at=mid.observed_at, supersedes=mid, reason="Wrong patient", is_withdrawn=True)
    assert results(cast)["pressures"] == (0, 1)


def test_an_unconfirmed_presence_counts_as_a_gap(session: TreatmentSession, cast: Cast) -> None:
    DutyPeriod.objects.update(recorded_by=cast.desk)
    assert results(cast)["prescriber"] == (0, 1)
    DutyPeriod.objects.update(confirmed_at=NOW, confirmed_by=cast.prescriber)
    assert results(cast)["prescriber"] == (1, 1)


def test_a_form_is_judged_by_the_send_that_was_proven(session: TreatmentSession, cast: Cast) -> None:
    from sessions.actions.forms import owe_form

    form = owe_form(session, by=cast.nurse, now=NOW)
    assert form is not None
    assert results(cast)["filed"] == (0, 0)
    type(form).objects.filter(pk=form.pk).update(due_on=TODAY - timedelta(days=1))
    assert results(cast)["filed"] == (0, 1)
    for sent_at, outcome in ((NOW - timedelta(days=1), "proven"), (NOW, "proven"), (NOW - timedelta(days=3), "failed")):
        FormSend.objects.create(
            site=cast.riverside, form=form, method="portal", sent_at=sent_at, sent_by=cast.nurse, recorded_at=sent_at, outcome=outcome,
            outcome_at=NOW, outcome_by=cast.nurse, proof="C-1", failure="line busy", client_key=f"00000000-0000-4000-8000-{sent_at.day:012}",
        )  # fmt: skip
    assert results(cast)["filed"] == (1, 1)


def test_the_page_shows_each_measure_with_its_list(session: TreatmentSession, cast: Cast, sign_in: Callable[..., Client]) -> None:
    client = sign_in(cast.admin)
    for page in (client.get(PATH, RANGE).content.decode(), client.get(f"{PATH}measures/", RANGE).content.decode()):
        assert [measure.question for measure in MEASURES if escape(measure.question) not in page] == []
        assert len(page) < 60_000
    for code, show in (("watched", "kept"), ("watch_minutes", "short"), ("voided", "kept")):
        listed = client.get(f"{PATH}{code}/", {**RANGE, "show": show}).content.decode()
        assert f"/riverside/sessions/{session.pk}/" in listed


def test_a_band_of_a_measure_has_its_own_list(session: TreatmentSession, cast: Cast, sign_in: Callable[..., Client]) -> None:
    """Each digit leads to the visits that have it; no form is owed, so there are no ages of forms."""
    client, values = sign_in(cast.admin), Observation.objects.values_list("systolic", "diastolic")
    digits = [value % 10 for pair in values for value in pair]
    leading = max(range(10), key=digits.count)
    page = client.get(f"{PATH}measures/", RANGE).content.decode()
    assert f"<strong>{leading}</strong> in {digits.count(leading)} of {len(digits)}" in page
    assert "0–3 days" not in page
    for digit in (*set(digits), 0):
        listed = client.get(f"{PATH}last_digits/", {**RANGE, "band": digit + 1}).content.decode()
        assert (f"/riverside/sessions/{session.pk}/" in listed) is (digit in digits)
    assert {client.get(f"{PATH}last_digits/", {**RANGE, "band": band}).status_code for band in ("11", "0", "-1", "x", "٣")} == {404}
    assert client.get(f"{PATH}watched/", {**RANGE, "band": "1"}).status_code == 404


def test_an_empty_site_is_told_honestly(cast: Cast, sign_in: Callable[..., Client]) -> None:
    assert "Nothing to measure yet" in sign_in(cast.admin).get(PATH).content.decode()


def test_the_numbers_as_json_name_nobody(session: TreatmentSession, cast: Cast, sign_in: Callable[..., Client]) -> None:
    client = sign_in(cast.admin)
    body = client.get(f"{PATH}compliance.json", {"from": "2026-06-01", "to": "2026-06-30"}).json()
    watched = next(one for one in body["measures"] if one["code"] == "watched")
    assert (body["visits"], watched["number"], watched["counted"], watched["percent"]) == (1, 1, 1, 100.0)
    assert session.patient.last_name not in str(body)
    assert AuditEntry.objects.filter(action="report.exported", target_kind="disclosure").count() == 1
    assert [(line.rows, line.names_patients) for line in Disclosure.objects.all()] == [(len(MEASURES), False)]
    bad = client.get(f"{PATH}compliance.json", {"from": "2026-06-30", "to": "2026-06-01"})
    assert (bad.status_code, list(bad.json()["errors"])) == (422, ["to"])
    assert client.get(f"{PATH}compliance.json", {"from": "2026-06-30"}).status_code == 422


def test_nothing_in_the_days_is_null_and_no_hundred_per_cent(cast: Cast, sign_in: Callable[..., Client]) -> None:
    body = sign_in(cast.admin).get(f"{PATH}compliance.json", {"from": "2026-06-01", "to": "2026-06-30"}).json()
    assert {(one["counted"], one["percent"], one["is_met"], one["median"]) for one in body["measures"]} == {(0, None, None, None)}


@pytest.mark.parametrize("path", ["", "measures/", "sites/", "watched/", "exports/", "compliance.json"])
def test_who_may_see_reports(path: str, session: TreatmentSession, cast: Cast, sign_in: Callable[..., Client], client: Client) -> None:
    assert client.get(PATH + path).status_code == 302
    assert sign_in(cast.nurse).get(PATH + path).status_code == 403
    assert sign_in(cast.stranger).get(PATH + path).status_code == 404


def test_an_auditor_reads_but_exports_nothing(session: TreatmentSession, cast: Cast, sign_in: Callable[..., Client]) -> None:
    client = sign_in(cast.auditor)
    assert client.get(PATH).status_code == 200
    assert client.get(f"{PATH}exports/").status_code == client.get(f"{PATH}compliance.json").status_code == 403
    assert not AuditEntry.objects.filter(action="report.exported").exists()


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ({"first": "2026-06-30", "last": "2026-06-01"}, 422),
        ({"first": "2020-01-01", "last": "2026-06-01"}, 422),
        ({"first": "yesterday", "last": "\x00"}, 422),
        ({"first": "2026-06-01"}, 422),
        ({"first": "0001-01-01", "last": "0001-01-01"}, 422),
        ({"first": "9999-12-31", "last": "9999-12-31"}, 422),
        ({"prescriber": "1' OR 1=1"}, 422),
        ({"monitor": "99999999999999999999"}, 422),
        ({"indication": "trd"}, 422),
        ({"phase": "<b>"}, 422),
    ],
)
def test_an_impossible_range_is_told(query: dict[str, str], status: int, cast: Cast, sign_in: Callable[..., Client]) -> None:
    client = sign_in(cast.admin)
    assert {client.get(f"{PATH}{page}", query).status_code for page in ("", "measures/", "sites/", "watched/")} == {status}


TAMPERED = {
    "?first=2026-06-01&first=2026-06-02&last=2026-06-30": 200, "?page=-1": 200, "watched/?show=<b>&page=99999999999999999999": 200, "measures/?last=2026-06-31": 422,
    "watched/?band=1": 404, "owed_days/?band=5": 404, "network/?until=0000-00": 422, "network/?until=2026-06%00": 422, "network/?page=x": 200, "sites/?page=0": 200,
    "exports/?of=nothing&format=exe&first=%3Cscript%3E&recipient=%3Cscript%3E": 200, "exports/0/": 404, "exports/99999999999999999/": 404,
    "binder/?patient=' OR 1=1": 404, "binder/?grant=-1": 404, "compliance.json?from=2026-06-01&to=2036-06-01": 422, "compliance.json?from=%00&to=": 422,
    "audit-trail/?kind=%00&patient=x": 200, "self-audit/0/": 404, "disclosures/?page=%00": 200, "../hillcrest/reports/": 404, "..%2fhillcrest/reports/": 404,
}  # fmt: skip


def test_a_tampered_link_is_answered_plainly_and_an_empty_site_honestly(cast: Cast, sign_in: Callable[..., Client]) -> None:
    """Nothing has happened here: each page says so or says what is wrong, and none shows 100 % of nothing or what was put into its address."""
    client = sign_in(cast.admin)
    answers = {address: client.get(PATH + address) for address in TAMPERED}
    assert {address: answer.status_code for address, answer in answers.items()} == TAMPERED
    for address, answer in answers.items():
        page = answer.content.decode()
        assert "<script>" not in page.replace("<script src", ""), address
        assert "100 %" not in page, address
        assert "Hillcrest" not in page, address


def test_an_unknown_measure_is_not_found(cast: Cast, sign_in: Callable[..., Client]) -> None:
    assert sign_in(cast.admin).get(f"{PATH}nonsense/").status_code == 404


def test_thirty_sessions_cost_what_one_costs(session: TreatmentSession, cast: Cast) -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            facts_of(cast.riverside, TODAY, TODAY)
        return len(queries)

    one = cost()
    for _ in range(30):
        a_good_session(cast)
    assert cost() == one
