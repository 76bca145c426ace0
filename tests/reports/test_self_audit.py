"""The weekly self-audit: once a week and site, findings with owners and due dates, closed by the rules, told without a patient's data."""

import uuid
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.core import mail
from django.test import Client

from clinic.actions.procedures import write_procedure
from clinic.findings import Changed, Refused
from clinic.models import AuditEntry, AuthorizedRepresentative, Certification, Equipment, Site, Training
from reports.actions import digests
from reports.actions.findings import close_finding, plan_finding
from reports.actions.self_audit import keep_round, read, run_due, run_site
from reports.models import AuditFinding, FindingCheck, SelfAudit
from reports.queries import self_audit as queries
from sessions.models import TreatmentSession
from sessions.states import Status
from tests.cast import NOW, TODAY, Cast
from tests.factories.clinic import on_duty
from tests.factories.sessions import ObservationFactory, at_state

# A Wednesday; its week's Monday is 8 June.
MONDAY = date(2026, 6, 8)
PATH = "/riverside/reports/self-audit/"


def visit(cast: Cast, day: date, *, minutes: int = 130) -> TreatmentSession:
    """A visit of that day that ended so many minutes after its first device, a prescriber on site, otherwise as it should be."""
    first = datetime(day.year, day.month, day.day, 14, tzinfo=UTC)
    end = first + timedelta(minutes=minutes)
    on_duty(cast.of(cast.prescriber), first - timedelta(hours=1), left_at=end + timedelta(hours=1))
    session = at_state(Status.DISCHARGED, cast, first_device_at=first, now=end, treatment_on=day, starts_at=first - timedelta(minutes=30))
    for minute, kind, planned in ((40, "planned", 40), (90, "planned", 90), (minutes - 5, "planned", 120)):
        ObservationFactory(
            session=session,
            observed_at=first + timedelta(minutes=minute),
            kind=kind,
            planned_minute=planned,
            recorded_by=cast.nurse,
            systolic=110 + minute // 9,
        )
    return session


def keys(site: Site) -> set[str]:
    return set(AuditFinding.objects.filter(site=site, closed_at=None).values_list("key", flat=True))


def planned(cast: Cast, finding: AuditFinding, due_on: date, **more: object) -> int:
    said = {"owner": cast.nurse, "cause": "Two at once", "action": "A second clock", "due_on": due_on, "together": False, "opened": None}
    return plan_finding(finding, **{**said, **more}, by=cast.admin, now=NOW)  # type: ignore[arg-type]


@pytest.fixture
def short(cast: Cast) -> TreatmentSession:
    return visit(cast, date(2026, 6, 3), minutes=121)


def test_a_round_finds_what_fell_short_once(cast: Cast, short: TreatmentSession) -> None:
    visit(cast, date(2026, 6, 4))
    visit(cast, TODAY, minutes=100)  # after the Monday
    assert run_due(now=NOW, seconds=60) == {"done": 2, "failed": 0}
    assert keys(cast.riverside) == {f"watched:{short.pk}"}
    assert run_due(now=NOW + timedelta(days=1), seconds=60) == {"done": 0, "failed": 0}
    made = SelfAudit.objects.get(site=cast.riverside)
    assert (made.week_on, made.visits, made.found, made.closed) == (MONDAY, 2, 1, 0)
    assert AuditEntry.objects.filter(action="self_audit.ran", site=cast.riverside).count() == 1


def test_two_beats_at_once_have_one_effect(cast: Cast, short: TreatmentSession) -> None:
    both = [read(cast.riverside, MONDAY, None, NOW) for _ in range(2)]
    assert [keep_round(cast.riverside, seen, now=NOW) is None for seen in both] == [False, True]
    assert (SelfAudit.objects.count(), AuditFinding.objects.count()) == (1, 1)


def test_a_missed_monday_is_caught_up_and_a_new_site_waits(cast: Cast) -> None:
    SelfAudit.objects.create(site=cast.riverside, week_on=date(2026, 4, 6), first_on=date(2026, 3, 2), last_on=date(2026, 4, 5), ran_at=NOW, visits=0)
    long_ago = visit(cast, date(2026, 4, 8), minutes=121)
    made = run_site(cast.riverside, now=NOW)
    assert made is not None
    assert made.first_on == date(2026, 4, 13) - timedelta(days=35)
    assert f"watched:{long_ago.pk}" in keys(cast.riverside)
    cast.hillcrest.created_at = datetime(2026, 6, 8, 12, 0, tzinfo=UTC)
    assert run_site(cast.hillcrest, now=NOW) is None


@pytest.mark.parametrize("monday", [date(2026, 3, 9), date(2026, 11, 2)])
def test_a_week_with_a_clock_change_is_judged_whole(monday: date, cast: Cast) -> None:
    sunday = visit(cast, monday - timedelta(days=1), minutes=121)
    at = datetime(monday.year, monday.month, monday.day, 10, 30, tzinfo=UTC)
    found = {run: run_site(cast.riverside, now=run) for run in (at, at + timedelta(hours=1))}
    assert sum(made is not None and made.week_on == monday for made in found.values()) == 1
    assert f"watched:{sunday.pk}" in keys(cast.riverside)


def test_a_record_put_right_closes_its_finding_and_a_relapse_opens_it_again(cast: Cast, short: TreatmentSession) -> None:
    run_site(cast.riverside, now=NOW)
    TreatmentSession.objects.filter(pk=short.pk).update(discharged_at=short.discharged_at + timedelta(minutes=15))
    run_site(cast.riverside, now=NOW + timedelta(days=7))
    finding = AuditFinding.objects.get(measure="watched")
    assert (finding.closed_how, finding.closed_by, FindingCheck.objects.get(finding=finding).verdict) == ("mended", None, "mended")
    TreatmentSession.objects.filter(pk=short.pk).update(discharged_at=short.discharged_at)
    run_site(cast.riverside, now=NOW + timedelta(days=14))
    assert f"watched:{short.pk}" in keys(cast.riverside)


def test_after_the_due_date_the_rules_close_it_or_say_again(cast: Cast, short: TreatmentSession) -> None:
    run_site(cast.riverside, now=NOW)
    finding = AuditFinding.objects.get(key=f"watched:{short.pk}")
    planned(cast, finding, date(2026, 6, 12))
    worse = visit(cast, date(2026, 6, 16), minutes=121)
    run_site(cast.riverside, now=datetime(2026, 6, 15, 15, tzinfo=UTC))
    assert not finding.checks.exists(), "its re-check is on the 22nd"
    run_site(cast.riverside, now=datetime(2026, 6, 22, 15, tzinfo=UTC))
    assert [(check.verdict, check.counted, check.short) for check in finding.checks.all()] == [("again", 1, 1)]
    TreatmentSession.objects.filter(pk=worse.pk).update(discharged_at=worse.discharged_at + timedelta(minutes=15))
    run_site(cast.riverside, now=datetime(2026, 6, 29, 15, tzinfo=UTC))
    finding.refresh_from_db()
    assert finding.closed_how == "kept"
    run_site(cast.riverside, now=datetime(2026, 7, 6, 15, tzinfo=UTC))
    assert f"watched:{short.pk}" not in keys(cast.riverside), "what was answered for isn't found again"


def test_without_a_visit_since_nothing_closes(cast: Cast, short: TreatmentSession) -> None:
    run_site(cast.riverside, now=NOW)
    finding = AuditFinding.objects.get(key=f"watched:{short.pk}")
    planned(cast, finding, TODAY)
    run_site(cast.riverside, now=NOW + timedelta(days=70))
    assert [check.verdict for check in finding.checks.all()] == ["nothing"]
    AuditFinding.objects.filter(pk=finding.pk).update(measure="gone")
    run_site(cast.riverside, now=NOW + timedelta(days=77))
    assert finding.checks.count() == 1


def test_what_the_site_itself_lacks_is_found_and_mended(cast: Cast, still_clock: Any) -> None:
    Certification.objects.all().delete()
    AuthorizedRepresentative.objects.all().delete()
    Training.objects.filter(membership=cast.of(cast.nurse)).update(expires_on=date(2026, 5, 1))
    Training.objects.filter(membership=cast.of(cast.second_nurse)).delete()
    cuff = Equipment.objects.get(site=cast.riverside, kind="cuff")
    Equipment.objects.filter(pk=cuff.pk).update(check_every_days=7)
    told = {"title": "Emergencies", "text": "Call 911.", "effective_on": date(2026, 5, 1), "client_key": uuid.uuid4()}
    version = write_procedure(cast.riverside, **told, by=cast.admin, now=NOW)
    run_site(cast.riverside, now=NOW)
    nurse, second = cast.of(cast.nurse).pk, cast.of(cast.second_nurse).pk
    trained = {f"site_trained:{nurse}:2026-05-01", f"site_trained:{second}:"}
    assert keys(cast.riverside) == {
        "site_certified:0",
        "site_representative",
        f"site_equipment:{cuff.pk}:2026-05-11",
        f"site_procedures:{version.pk}",
        *trained,
    }
    assert digests.send_digests(now=NOW) == 0, "nobody to tell"
    client = Client()
    client.force_login(cast.auditor)
    assert "nobody to tell by mail" in client.get("/riverside/reports/self-audit/").content.decode()
    planned(cast, AuditFinding.objects.get(key="site_representative"), TODAY)
    Equipment.objects.filter(pk=cuff.pk).update(is_active=False)
    run_site(cast.riverside, now=NOW + timedelta(days=14))
    assert AuditFinding.objects.get(measure="site_equipment").closed_how == "mended"
    assert FindingCheck.objects.get(finding__key="site_representative").verdict == "again"


def test_a_plan_is_whole_and_may_speak_for_its_like(cast: Cast, short: TreatmentSession) -> None:
    other = visit(cast, date(2026, 6, 5), minutes=121)
    run_site(cast.riverside, now=NOW)
    first, second = (AuditFinding.objects.get(key=f"watched:{one.pk}") for one in (short, other))
    for wrong in ({"due_on": TODAY - timedelta(days=1)}, {"due_on": TODAY + timedelta(days=181)}, {"owner": cast.former}, {"owner": cast.stranger}):
        with pytest.raises(Refused):
            planned(cast, first, **{"due_on": TODAY, **wrong})  # type: ignore[arg-type]
    assert planned(cast, first, TODAY + timedelta(days=9), together=True) == 2
    second.refresh_from_db()
    assert (second.owner, second.due_on, second.recheck_on) == (cast.nurse, date(2026, 6, 19), date(2026, 6, 29))
    assert AuditEntry.objects.filter(action="finding.planned").count() == 2
    opened = {"owner": str(cast.desk.pk), "due_on": "", "cause": "", "action": ""}
    with pytest.raises(Changed):
        planned(cast, first, TODAY, opened=opened, owner=cast.admin)


def test_closing_by_hand_wants_a_reason(cast: Cast, short: TreatmentSession) -> None:
    run_site(cast.riverside, now=NOW)
    finding = AuditFinding.objects.get(key=f"watched:{short.pk}")
    with pytest.raises(Refused):
        close_finding(finding, why=" ", by=cast.admin, now=NOW)
    close_finding(finding, why="The clock was wrong", by=cast.admin, now=NOW)
    with pytest.raises(Refused):
        planned(cast, finding, TODAY)
    run_site(cast.riverside, now=NOW + timedelta(days=7))
    assert keys(cast.riverside) == set()
    assert AuditEntry.objects.filter(action="finding.closed", target_pk=str(finding.pk)).count() == 1


def test_the_mail_names_nobody_and_goes_once(cast: Cast, short: TreatmentSession, monkeypatch: pytest.MonkeyPatch) -> None:
    run_site(cast.riverside, now=NOW)

    def away(*told: object) -> int:
        raise OSError

    with monkeypatch.context() as patched:
        patched.setattr(digests, "send_mail", away)
        assert digests.send_digests(now=NOW) == 0
    assert digests.send_digests(now=NOW + timedelta(minutes=5)) == 0, "it waits a while"
    later = NOW + timedelta(minutes=20)
    row = SelfAudit.objects.get()
    assert [digests.claimed(row, later), digests.claimed(row, later)] == [True, False]
    assert digests.send_digests(now=later + timedelta(minutes=20)) == 1
    assert digests.send_digests(now=later + timedelta(hours=2)) == 0
    (sent,) = mail.outbox
    assert (sent.to, sent.subject) == (["rep@clinic.example"], "Weekly check")
    assert "Open now: 1, of them 0 to act on now and 1 without an owner" in sent.body
    assert PATH in sent.body
    patient = short.patient
    for word in (patient.last_name, patient.first_name, patient.mrn, "SPRAVATO", "esketamine", "Watched"):
        assert word.lower() not in sent.body.lower()


def test_the_pages(cast: Cast, short: TreatmentSession, sign_in: Callable[..., Client]) -> None:
    client = sign_in(cast.admin)
    assert "Nothing audited yet" in client.get(PATH).content.decode()
    run_site(cast.riverside, now=NOW)
    finding = AuditFinding.objects.get(key=f"watched:{short.pk}")
    AuditFinding.objects.filter(pk=finding.pk).update(found_on=TODAY - timedelta(days=30))
    listed = client.get(PATH).content.decode()
    assert "Old: open for 30 days" in listed
    assert f"/riverside/sessions/{short.pk}/" in listed
    page = f"{PATH}{finding.pk}/"
    assert client.post(f"{page}plan/", {"owner": cast.nurse.pk, "due_on": "2020-01-01", "cause": "Kept", "action": "x"}).status_code == 422
    assert client.post(f"{page}plan/", {"owner": cast.nurse.pk, "due_on": "2026-06-20", "cause": "Two", "action": "One"}).status_code == 303
    assert "Two" in client.get(page).content.decode()
    junk = {"owner": "10000000000000000000000", "due_on": "0001-01-01", "cause": "\x00", "action": "a" * 9000, "opened": "[", "why": ""}
    assert [client.post(f"{page}{act}/", junk).status_code for act in ("plan", "close")] == [422, 422]
    auditor = sign_in(cast.auditor)
    assert "Put on record" not in auditor.get(page).content.decode()
    assert client.post(f"{page}close/", {"why": "The clock was wrong"}).status_code == 303
    assert "The clock was wrong" in client.get(page).content.decode()
    assert "Closed with a reason" in client.get(PATH, {"show": "closed", "page": "x"}).content.decode()


def test_one_site_that_fails_keeps_nobody_waiting(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    real = queries.site_shortfalls

    def fails(site: Site, today: date) -> list[object]:
        if site.pk == cast.riverside.pk:
            raise ValueError
        return real(site, today)  # type: ignore[return-value]

    monkeypatch.setattr("reports.actions.self_audit.site_shortfalls", fails)
    assert run_due(now=NOW, seconds=60) == {"done": 1, "failed": 1}
    assert run_due(now=NOW, seconds=-1) == {"done": 0, "failed": 0}


def test_a_key_is_never_longer_than_its_column(cast: Cast) -> None:
    assert len(f"pressure_before:{2**63}") < 80 > len(f"site_equipment:{2**63}:2026-06-10")
