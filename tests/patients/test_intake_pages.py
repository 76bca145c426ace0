"""The pages of the intake, of authorisations and moves: each does its act; junk stays beside its field; the list costs the same for one and for thirty.

Who may not, and other sites' rows: tests/test_access_matrix.py.
"""

import itertools
import uuid
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from clinic.models import AuditEntry
from patients.models import Intake
from tests.cast import NOW, TODAY, Cast
from tests.factories.intakes import AuthorisationFactory, IntakeFactory, StepFactory, TransferFactory
from tests.factories.patients import PatientFactory, ready_patient

# page: (the row in its address, who, the audit entry, what is posted; words in angle brackets are rows)
PAGES = {
    "intake_new": ("bare", "desk", "intake.begun", {"origin": "referral", "referred_on": "2026-06-01", "indication": "trd", "owner": "<nurse>"}),
    "intake_step": ("intake", "nurse", "intake.pdmp", {"step": "pdmp", "done_on": "2026-06-09", "done_by": "<prescriber>", "note": "Nothing"}),
    "intake_step_back": ("fact", "nurse", "intake.taken_back", {"reason": "Mistaken"}),
    "intake_give": ("intake", "desk", "intake.given", {"owner": "<nurse>"}),
    "intake_drop": ("intake", "desk", "intake.dropped", {"drop_reason": "other", "note": "Moved"}),
    "intake_reopen": ("gone", "desk", "intake.reopened", {}),
    "authorisation_new": (
        "bare", "desk", "authorisation.recorded",
        {"payer": "Plan", "number": "A-1", "sessions_granted": "8", "from_on": "2026-06-01", "until_on": "2026-09-01"},
    ),
    "authorisation_correct": (
        "authorisation", "desk", "authorisation.corrected",
        {"payer": "Plan", "number": "A-1", "sessions_granted": "9", "from_on": "2026-06-01", "until_on": "2026-09-01", "reason": "Misread"},
    ),
    "transfer_out": ("bare", "desk", "transfer.planned", {"to_setting": "Otherside", "moves_on": "2026-07-01", "owner": "<nurse>"}),
    "transfer_told": ("move", "desk", "transfer.told", {"told_at": "2026-06-10T09:00", "told_by": "<nurse>", "told_how": "phone", "told_note": "Agent 7"}),
    "transfer_call_off": ("move", "desk", "transfer.called_off", {"reason": "Stays"}),
    "course_elsewhere": (
        "course", "prescriber", "course.elsewhere",
        {"earlier_sessions": "5", "earlier_first_on": "2026-05-18", "earlier_last_on": "2026-06-05", "earlier_last_dose_mg": "84"},
    ),
    "course_prescriber": ("course", "admin", "course.given", {"prescriber": "<second_prescriber>"}),
}  # fmt: skip
LIST = "/riverside/intake/"


@pytest.fixture
def found(cast: Cast) -> SimpleNamespace:
    patient = ready_patient(cast.riverside, cast.prescriber, last_name="Testa", first_name="Ada")
    intake = IntakeFactory(patient=patient, owner=cast.desk)
    gone = IntakeFactory(patient=PatientFactory(site=cast.riverside), owner=cast.desk, status="dropped", closed_at=NOW)
    return SimpleNamespace(
        bare=PatientFactory(site=cast.riverside), intake=intake, fact=StepFactory(intake=intake), gone=gone, course=patient.courses.get(),
        authorisation=AuthorisationFactory(patient=patient), move=TransferFactory(patient=patient, owner=cast.desk, planned_at=NOW - timedelta(days=3)),
    )  # fmt: skip


def posted(cast: Cast, data: dict[str, str]) -> dict[str, str]:
    people = {name: str(cast.person(value.strip("<>")).pk) for name, value in data.items() if value.startswith("<")}
    return {"client_key": str(uuid.uuid4())} | data | people


@pytest.mark.parametrize("name", PAGES)
def test_each_page_does_its_act_and_goes_to_the_chart(name: str, cast: Cast, found: SimpleNamespace, sign_in) -> None:
    of, who, action, data = PAGES[name]
    client, url = sign_in(cast.person(who)), reverse(name, args=["riverside", getattr(found, of).pk])
    assert client.get(url).status_code == 200
    response = client.post(url, posted(cast, data))
    assert response.status_code == 303, response.context["form"].errors
    assert response["Location"].startswith("/riverside/patients/")
    assert AuditEntry.objects.get(action=action).actor == cast.person(who)
    assert sign_in(cast.nurse).get(response["Location"]).status_code == 200
    assert "Testa" not in " ".join(AuditEntry.objects.values_list("body", flat=True))


@pytest.mark.parametrize("name", [name for name, page in PAGES.items() if page[3]])
def test_junk_is_taken_or_refused_beside_its_field(name: str, cast: Cast, found: SimpleNamespace, sign_in) -> None:
    of, who, _, data = PAGES[name]
    client, url = sign_in(cast.person(who)), reverse(name, args=["riverside", getattr(found, of).pk])
    junk = ["", "x" * 5000, "\x00", "9" * 400, "-1", "9999-12-31", "\u202e😀<script>"]
    for field, wrong in itertools.product(data, junk):
        response = client.post(url, {**posted(cast, data), field: wrong})
        assert response.status_code in (303, 404, 422), (field, wrong)


def test_a_referral_goes_on_to_the_intake(cast: Cast, sign_in) -> None:
    person = {"last_name": "New", "first_name": "Ned", "birth_on": "1990-02-03", "sex": "male", "mrn": "N-1", "language": "en", "time_zone": ""}
    response = sign_in(cast.desk).post("/riverside/patients/new/?intake", person)
    assert response["Location"].endswith("/intake/")


def test_the_list_by_step_own_and_sought(cast: Cast, found: SimpleNamespace, sign_in) -> None:
    """A name is sought by a post and stands in no address; who may not do the next step reads who does."""
    client = sign_in(cast.desk)
    page = client.get(LIST).content.decode()
    assert "Testa, Ada" in page
    assert "Record the PDMP check: a clinician" in page
    assert page.count("Slow") == 1, "the legend alone"
    assert "Testa" not in client.get(f"{LIST}?step=trials").content.decode()
    assert "Testa" not in sign_in(cast.nurse).get(f"{LIST}?whose=mine").content.decode()
    assert "Testa" in client.post(LIST, {"q": "testa", "whose": "mine"}).content.decode()
    assert "Nobody fits" in client.post(LIST, {"q": "Zzz"}).content.decode()
    for junk in ("?step=nothing&page=x", "?status=zzz&whose=\x00", "?status=finished&page=-4"):
        assert client.get(LIST + junk).status_code == 200
    assert client.get(f"{LIST}?status=dropped").content.decode().count("Reopen") == 1


def test_a_slow_step_says_so_and_the_way_is_one_tap(cast: Cast, found: SimpleNamespace, sign_in) -> None:
    cast.riverside.policies.update(intake_step_days=4)
    page = sign_in(cast.nurse).get(LIST).content.decode()
    assert page.count("Slow") == 2
    assert f"/riverside/intake/{found.intake.pk}/step/?step=pdmp" in page


def queries(client: Client, url: str) -> int:
    with CaptureQueriesContext(
        connection,
    ) as caught:
        assert client.get(url).status_code == 200
    return len(caught)


def test_the_list_costs_the_same_for_one_and_for_thirty(cast: Cast, found: SimpleNamespace, sign_in) -> None:
    client = sign_in(cast.desk)
    queries(client, LIST)
    one = queries(client, LIST)
    for _ in range(29):
        intake: Intake = IntakeFactory(patient=PatientFactory(site=cast.riverside), owner=cast.desk)
        StepFactory(intake=intake, observed_at=NOW - timedelta(days=1))
        AuthorisationFactory(patient=intake.patient, until_on=TODAY)
    assert queries(client, LIST) == one
    assert one <= 18
