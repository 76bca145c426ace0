"""Auditors with a grant: what they see, what they don't, that each view is on record, and that the end counts at once."""

import re
import uuid
from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.test import Client
from django.urls import reverse

from clinic import audit
from clinic.actions.attachments import keep_file
from clinic.actions.invitations import invite, join_as_new
from clinic.findings import Refused
from clinic.models import AuditEntry, AuditorGrant, Invitation, Membership
from clinic.roles import Role
from sessions.actions.auditing import grant_audit, revoke_audit
from sessions.actions.emergency import press
from sessions.models import SampledSession, TreatmentSession
from sessions.rules.sampling import drawn, population_digest
from sessions.states import Status
from tests.cast import NOW, TODAY, Cast
from tests.factories import forms
from tests.factories.adverse import serious
from tests.factories.patients import ready_patient
from tests.factories.sessions import at_state

OUT_OF_RANGE = TODAY - timedelta(days=3)


def asking(cast: Cast, **given: object) -> dict[str, object]:
    told = {
        "printed_name": "Otto Auditor",
        "email": cast.auditor.email,
        "purpose": "REMS audit 2026",
        "sample_size": None,
        "seed": "",
        "client_key": uuid.uuid4(),
    }
    return {"first_on": TODAY, "last_on": TODAY, "until_on": TODAY, **told, **given}


def grant(cast: Cast, **given: object) -> AuditorGrant:
    return grant_audit(cast.riverside, by=cast.admin, now=NOW, **asking(cast, **given)).grant  # type: ignore[arg-type]


def views(cast: Cast) -> list[tuple[str, str]]:
    rows = AuditEntry.objects.filter(actor=cast.auditor, action__in=("record.read", "auditor.opened")).order_by("pk")
    return list(rows.values_list("target_kind", "target_pk"))


def papers(session: TreatmentSession, cast: Cast) -> list[str]:
    """The flowsheet, the record, the chart and a file of it."""
    kept = keep_file(cast.riverside, target=session.patient, file_name="a.pdf", content=b"%PDF-1", by=cast.desk, now=NOW)
    named = [("flowsheet", session.pk), ("session_record", session.pk), ("patient_chart", session.patient_id), ("file", kept.uid)]
    return [reverse(name, args=["riverside", key]) for name, key in named]


def test_an_auditor_sees_what_was_granted_and_nothing_else(cast: Cast, sign_in: Callable[..., Client]) -> None:
    form = forms.sent(cast).form
    inside, outside = form.session, at_state(Status.DISCHARGED, cast, treatment_on=OUT_OF_RANGE)
    open_pages, closed_pages, auditor = papers(inside, cast), papers(outside, cast), sign_in(cast.auditor)
    assert auditor.get(closed_pages[0]).status_code == 200  # the whole site, until somebody limits it
    grant(cast)
    assert auditor.get("/")["Location"] == "/riverside/audited/"
    own = auditor.get("/riverside/audited/").content.decode()
    assert f"/sessions/{inside.pk}/" in own
    assert f"/sessions/{outside.pk}/" not in own
    for path in [*open_pages, reverse("form", args=["riverside", form.pk])]:
        assert auditor.get(path).status_code == 200, path
    names = ("reports", "patient_list", "audit", "staff", "self_audit", "auditors", "binder")
    closed_pages += [reverse(name, args=["riverside"]) for name in names] + ["/hillcrest/audited/"]
    for path in closed_pages:
        assert auditor.get(path).status_code == 404, path
    assert auditor.post(reverse("round_record", args=["riverside", inside.pk])).status_code == 404
    assert AuditEntry.objects.filter(actor=cast.auditor, action="access.hidden").count() == len(closed_pages) + 1


def test_the_administrator_sees_each_view_and_the_auditor_one_link(cast: Cast, sign_in: Callable[..., Client]) -> None:
    session = at_state(Status.DISCHARGED, cast)
    row, auditor = grant(cast), sign_in(cast.auditor)
    chart = auditor.get(f"/riverside/patients/{session.patient_id}/").content.decode()
    assert "/riverside/audited/" in chart
    assert "/riverside/reports/" not in chart
    auditor.get(f"/riverside/sessions/{session.pk}/")
    log = sign_in(cast.admin).get(f"/riverside/auditors/{row.pk}/").content.decode()
    assert f"session {session.pk}" in log
    assert f"chart {session.patient_id}" in log


def test_each_view_is_an_entry_of_its_own_and_a_poll_is_none(cast: Cast, sign_in: Callable[..., Client]) -> None:
    session = at_state(Status.MONITORING, cast)
    grant(cast)
    auditor = sign_in(cast.auditor)
    for _ in range(3):
        auditor.get(f"/riverside/sessions/{session.pk}/")
    auditor.get(f"/riverside/sessions/{session.pk}/news/?since=1")
    auditor.get("/riverside/audited/")
    assert views(cast) == [("treatmentsession", str(session.pk))] * 3 + [("auditorgrant", str(AuditorGrant.objects.get().pk))]
    nurse = sign_in(cast.nurse)
    for _ in range(3):
        nurse.get(f"/riverside/sessions/{session.pk}/")
    assert AuditEntry.objects.filter(actor=cast.nurse, action="record.read").count() == 1


def test_the_end_counts_with_the_next_request(cast: Cast, sign_in: Callable[..., Client], still_clock: time_machine.Traveller) -> None:
    session = at_state(Status.MONITORING, cast)
    row, auditor, path = grant(cast), sign_in(cast.auditor), f"/riverside/sessions/{session.pk}/"
    assert auditor.get(path).status_code == 200
    revoke_audit(row, by=cast.admin, now=NOW)
    assert auditor.get(path).status_code == auditor.get("/riverside/audited/").status_code == 404
    again = grant(cast)
    assert auditor.get(path).status_code == 200
    still_clock.move_to(again.expires_at - timedelta(seconds=1))
    auditor.force_login(cast.auditor)
    assert auditor.get(path).status_code == 200
    still_clock.move_to(again.expires_at)
    assert auditor.get(path).status_code == 404
    assert auditor.get("/riverside/reports/").status_code == 404  # never the whole site again


def test_a_sample_can_be_drawn_again(cast: Cast, sign_in: Callable[..., Client]) -> None:
    sessions = [at_state(Status.DISCHARGED, cast) for _ in range(5)]
    at_state(Status.CANCELLED, cast)
    last = audit.record(action="site.changed", target=cast.riverside, by=cast.admin, now=NOW, site=cast.riverside)
    row = grant(cast, sample_size=2)
    ids = {str(one.uid): one.pk for one in sessions}
    assert (row.drawn_from, row.drawn_sha256) == (5, population_digest(ids))
    assert row.seed == last.hash  # nobody chose it
    drawn_now = list(SampledSession.objects.filter(grant=row).order_by("place").values_list("session_id", flat=True))
    assert drawn_now == [ids[uid] for uid in drawn(ids, row.seed, 2)]
    auditor = sign_in(cast.auditor)
    answers = {one.pk: auditor.get(f"/riverside/sessions/{one.pk}/").status_code for one in sessions}
    assert [pk for pk, status in answers.items() if status == 200] == sorted(drawn_now)
    at_state(Status.DISCHARGED, cast)
    assert SampledSession.objects.filter(grant=row).count() == 2  # drawn once
    assert row.seed in auditor.get("/riverside/audited/").content.decode()


def test_an_administrator_lets_somebody_new_in(cast: Cast, sign_in: Callable[..., Client]) -> None:
    session = at_state(Status.MONITORING, cast)
    admin = sign_in(cast.admin)
    told = {name: value for name, value in asking(cast, email="inga@audit.example", printed_name="Inga Inspector").items() if value is not None}
    for bad in (
        {"last_on": "2026-01-01"},
        {"until_on": "2026-01-01"},
        {"email": "x"},
        {"sample_size": "0"},
        {"sample_size": "9" * 30},
        {"email": cast.nurse.email},
    ):
        assert admin.post("/riverside/auditors/", told | bad | {"client_key": uuid.uuid4()}).status_code == 422, bad
    assert not AuditorGrant.objects.exists()
    for _ in range(2):
        answer = admin.post("/riverside/auditors/", told)
        assert answer["Location"] == f"/riverside/auditors/{AuditorGrant.objects.get().pk}/"
    assert len(mail.outbox) == 1
    token = re.findall(r"/join/([^/\s]+)/", mail.outbox[0].body)[0]
    place = join_as_new(token, printed_name="Inga Inspector", password_hash="x", now=NOW)
    assert AuditorGrant.objects.get().membership == place
    inga = sign_in(place.user)
    assert inga.get(f"/riverside/sessions/{session.pk}/").status_code == 200
    assert inga.get("/riverside/patients/").status_code == 404
    page = admin.get("/riverside/auditors/").content.decode()
    assert "Inga Inspector" in page
    admin.post(f"/riverside/auditors/{AuditorGrant.objects.get().pk}/revoke/")
    assert inga.get(f"/riverside/sessions/{session.pk}/").status_code == 404


def test_another_invitation_lifts_no_limit(cast: Cast, sign_in: Callable[..., Client]) -> None:
    """The grant's own invitation lapsed, and somebody invited the auditor once more from the list of staff."""
    row = grant(cast, email="inga@audit.example")
    told = {"email": "Inga@audit.example", "printed_name": "Inga Inspector", "role": Role.AUDITOR, "credential": "none"}
    _, token = invite(cast.riverside, **told, by=cast.admin, now=NOW)
    place = join_as_new(token, printed_name="Inga Inspector", password_hash="x", now=NOW)
    row.refresh_from_db()
    assert row.membership == place
    assert sign_in(place.user).get("/riverside/patients/").status_code == 404


def test_who_works_here_audits_nothing_and_an_unused_invitation_ends(cast: Cast) -> None:
    with pytest.raises(Refused, match="nobody audits their own site"):
        grant(cast, email=cast.nurse.email)
    assert not Invitation.objects.exists()
    row = grant(cast, email="inga@audit.example")
    revoke_audit(row, by=cast.admin, now=NOW)
    revoke_audit(row, by=cast.desk, now=NOW)
    assert Invitation.objects.get().expires_at == NOW
    assert AuditorGrant.objects.get().revoked_by == cast.admin
    assert Membership.objects.filter(site=cast.riverside, user__email="inga@audit.example").count() == 0


def test_a_chart_and_a_flowsheet_tell_of_nothing_beyond_the_grant(cast: Cast, sign_in: Callable[..., Client]) -> None:
    """Events and visits of other sessions of the same patient, and the name of somebody else who came that day."""
    inside = at_state(Status.ARRIVED, cast)
    same = {"patient": inside.patient, "course": inside.course}
    later = at_state(Status.BOOKED, cast, starts_at=NOW + timedelta(days=2), ends_at=NOW + timedelta(days=2, hours=3), **same)
    event = serious(cast, at_state(Status.DISCHARGED, cast, treatment_on=OUT_OF_RANGE, **same))
    names = {"first_name": inside.patient.first_name, "last_name": f"{inside.patient.last_name}z"}
    alike = at_state(Status.ARRIVED, cast, patient=ready_patient(cast.riverside, cast.of(cast.prescriber), **names))
    row = grant(cast)
    AuditorGrant.objects.filter(pk=row.pk).update(sample_size=1, seed="a", drawn_from=2, drawn_sha256="a" * 64)
    SampledSession.objects.create(site=cast.riverside, grant=row, session=inside, place=1)
    chart, steps = f"/riverside/patients/{inside.patient_id}/", [f"/riverside/sessions/{inside.pk}/?step={step}" for step in ("arrive", "prepare")]
    beyond = [f"/riverside/sessions/{later.pk}/", f"/riverside/adverse/{event.pk}/"]
    auditor, nurse, sheet = sign_in(cast.auditor), sign_in(cast.nurse), f"/riverside/sessions/{inside.pk}/leaving-sheet/"
    assert [b"Your next visit" in one.get(sheet).content for one in (nurse, auditor)] == [True, False]
    seen, told = nurse.get(chart).content.decode(), [nurse.get(step).content.decode() for step in steps]
    assert all(f'href="{path}"' in seen for path in beyond)
    assert all(alike.patient.last_name in page for page in told)
    seen, told = auditor.get(chart).content.decode(), [auditor.get(step).content.decode() for step in steps]
    assert not any(f'href="{path}"' in seen for path in beyond)
    assert not any(alike.patient.last_name in page for page in told)
    assert all("another patient" in page for page in told)


def test_an_auditors_pages_lead_to_no_closed_door(cast: Cast, sign_in: Callable[..., Client]) -> None:
    missed, live = at_state(Status.MISSED, cast), at_state(Status.MONITORING, cast)
    pressed = press(cast.riverside, session=live, client_key=uuid.uuid4(), by=cast.nurse, now=NOW)
    pages = [f"/riverside/sessions/{missed.pk}/", f"/riverside/emergencies/{pressed.pk}/"]
    closed = [f"/riverside/sessions/{missed.pk}/next/", "On site now", 'href="/riverside/emergencies/"']
    told = "".join(sign_in(cast.admin).get(page).content.decode() for page in pages)
    assert all(words in told for words in closed)
    grant(cast)
    auditor = sign_in(cast.auditor)
    told = "".join(auditor.get(page).content.decode() for page in pages)
    assert not any(words in told for words in closed)
    links = set(re.findall(r'href="(/riverside/[^"#]*)', told))
    assert {auditor.get(link).status_code for link in links} == {200}


def test_a_site_that_a_grant_limits_stands_beside_no_other(cast: Cast, sign_in: Callable[..., Client]) -> None:
    Membership.objects.create(site=cast.hillcrest, user=cast.auditor, role=Role.ADMINISTRATOR, credential="none", created_at=NOW)
    at_state(Status.DISCHARGED, cast)
    auditor = sign_in(cast.auditor)
    assert "Riverside" in auditor.get("/hillcrest/reports/sites/").content.decode()
    grant(cast)
    assert "Riverside" not in auditor.get("/hillcrest/reports/sites/").content.decode()
    assert "side by side" not in auditor.get("/hillcrest/reports/").content.decode()
