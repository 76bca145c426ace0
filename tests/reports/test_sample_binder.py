"""The binder of an auditor's sample: exactly those sessions, made by an administrator, fetched by the auditor while it is there."""

import io
import uuid
import zipfile
from collections.abc import Callable
from datetime import timedelta

import time_machine
from django.test import Client
from pypdf import PdfReader

from clinic.models import AuditEntry
from reports import work
from reports.models import Disclosure, Export
from sessions.actions.auditing import revoke_audit
from sessions.models import SampledSession
from sessions.states import Status
from tests.cast import NOW, Cast
from tests.factories.sessions import at_state
from tests.reports.test_auditors import grant

PATH = "/riverside/audited/binder/"


def test_an_auditor_fetches_exactly_their_sample(cast: Cast, sign_in: Callable[..., Client], still_clock: time_machine.Traveller) -> None:
    sessions = [at_state(Status.DISCHARGED, cast) for _ in range(4)]
    row, admin, auditor = grant(cast, sample_size=2), sign_in(cast.admin), sign_in(cast.auditor)
    assert auditor.get(PATH)["Location"] == "/riverside/audited/"
    page = f"/riverside/reports/binder/?grant={row.pk}"
    assert f"?grant={row.pk}" in admin.get(f"/riverside/auditors/{row.pk}/").content.decode()
    assert 'value="Otto Auditor"' in admin.get(page).content.decode()
    assert admin.get("/riverside/reports/binder/?grant=99999999").status_code == admin.get("/riverside/reports/binder/?grant=x").status_code == 404
    answer = admin.post(page, {"recipient": row.printed_name, "purpose": row.purpose, "client_key": uuid.uuid4()})
    export = Export.objects.get()
    assert (answer.status_code, export.filters) == (303, {"grant": row.pk})
    at_state(Status.DISCHARGED, cast)
    work.build(export.pk, lambda: NOW)
    assert "Binder of these sessions" in auditor.get("/riverside/audited/").content.decode()

    content = auditor.get(PATH).getvalue()
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        listed = archive.read("data/sessions.csv").decode()
        cover = PdfReader(io.BytesIO(archive.read("binder.pdf"))).pages[0].extract_text()
    drawn = set(SampledSession.objects.filter(grant=row).values_list("session_id", flat=True))
    assert {one.pk for one in sessions if str(one.uid) in listed} == drawn
    assert len(listed.splitlines()) == 3
    assert "2 drawn from 4 with a dose" in " ".join(cover.split())
    line = Disclosure.objects.get()
    assert (line.disclosed_by, line.recipient) == (cast.auditor, "Otto Auditor")
    assert AuditEntry.objects.filter(actor=cast.auditor, action="export.downloaded").count() == 1
    assert "downloaded an export" in admin.get(f"/riverside/auditors/{row.pk}/").content.decode()

    assert sign_in(cast.nurse).get(PATH)["Location"] == "/riverside/audited/"
    grant(cast)  # a newer access has no binder yet
    assert auditor.get(PATH)["Location"] == "/riverside/audited/"


def test_after_the_day_or_the_access_there_is_none(cast: Cast, sign_in: Callable[..., Client], still_clock: time_machine.Traveller) -> None:
    at_state(Status.DISCHARGED, cast)
    row, admin, auditor = grant(cast, until_on=NOW.date() + timedelta(days=9)), sign_in(cast.admin), sign_in(cast.auditor)
    admin.post(f"/riverside/reports/binder/?grant={row.pk}", {"recipient": "A", "purpose": "B", "client_key": uuid.uuid4()})
    work.build(Export.objects.get().pk, lambda: NOW)
    assert auditor.get(PATH).status_code == 200
    still_clock.shift(timedelta(hours=24))
    auditor.force_login(cast.auditor)
    assert auditor.get(PATH)["Location"] == "/riverside/audited/"
    revoke_audit(row, by=cast.admin, now=NOW)
    assert auditor.get(PATH).status_code == 404
