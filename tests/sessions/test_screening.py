"""A positive suicide-risk screen stands on the board until a prescriber has acted; at leaving the answer rests on their entry (PRE-4, OUT-1)."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse

from clinic.findings import Refused
from clinic.models import AuditEntry, Notice
from sessions.actions import leaving, predose, screening
from sessions.actions.life import locked_picture
from sessions.models import Override
from sessions.queries.leaving import gate_of_discharge
from sessions.rules.readiness import ITEMS
from tests.cast import NOW
from tests.factories.changing import change
from tests.factories.sessions import at_state, good_answers

WORDS = "Suicide-risk screen positive"


@pytest.fixture
def screened(cast):
    session = at_state("arrived", cast)
    answers = good_answers(NOW) | {"suicide_risk": "positive"}
    predose.answer_round(
        session, answers=answers, asked_identity=False, said_name=False, said_birth_date=False, client_key=uuid4(), by=cast.nurse, now=NOW
    )
    return session


def seen(session, cast, **fields):
    posted = {"note": "Talked; no plan.", "client_key": uuid4(), "by": cast.prescriber, "now": NOW} | fields
    return screening.see_patient(session, **posted)


def shown(client, session):
    board, sheet = client.get("/riverside/"), client.get(reverse("flowsheet", args=["riverside", session.pk]))
    return [f"{WORDS}: prescriber</" in page.content.decode() for page in (board, sheet)]


def test_everybody_sees_it_until_the_prescriber_has_seen_the_patient(screened, cast, sign_in, prescriber_here):
    nurse = sign_in(cast.nurse)
    assert shown(nurse, screened) == [True, True]
    url, posted = reverse("patient_seen", args=["riverside", screened.pk]), {"client_key": uuid4(), "note": "Talked; no plan."}
    assert nurse.post(url, posted).status_code == 403
    prescriber = sign_in(cast.prescriber)
    assert url in prescriber.get(reverse("flowsheet", args=["riverside", screened.pk])).content.decode()
    assert prescriber.get(url).status_code == 200
    assert prescriber.post(url, posted | {"note": " "}).status_code == 422
    for _ in range(2):
        assert prescriber.post(url, posted).status_code == 303
    assert Override.objects.get().decided_by == cast.prescriber
    assert AuditEntry.objects.filter(action="session.patient_seen").count() == 1
    assert shown(nurse, screened) == [False, False]


def test_who_has_gone_asks_for_nobody(screened, cast, sign_in, prescriber_here):
    change(type(screened).objects.filter(pk=screened.pk), status="left", left_at=NOW, status_reason="Went")
    assert shown(sign_in(cast.nurse), screened) == [False, False]
    with pytest.raises(Refused):
        seen(screened, cast)


def test_at_leaving_the_answer_rests_on_a_prescribers_entry(cast):
    session = at_state("monitoring", cast, first_device_at=NOW - timedelta(minutes=130))
    answers = {item.id: item.good[0] for item in ITEMS} | {"suicide_risk": "prescriber"}
    leaving.record_readiness(session, answers=answers, observed_at=NOW, client_key=uuid4(), by=cast.nurse, now=NOW)
    codes = lambda: [finding.code for finding in gate_of_discharge(locked_picture(session), NOW)]  # noqa: E731
    assert "OUT-1.suicide_risk.seen" in codes()
    seen(session, cast)
    assert "OUT-1.suicide_risk.seen" not in codes()
    assert Override.objects.get().gate == "discharge"
    assert not Notice.objects.filter(resolved_at=None).exists()
