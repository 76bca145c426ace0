"""What a page costs never grows with a site's history: the same queries on the first day and after thirty visits more."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from sessions.models import TreatmentSession
from tests.cast import NOW
from tests.factories.sessions import at_state

VISITS = 30


def queries_of(client, url, **asked):
    with CaptureQueriesContext(connection) as caught:
        answer = client.get(url, **asked)
    assert answer.status_code in (200, 204)
    return [query["sql"] for query in caught if not re.search("clockoffset|SAVEPOINT|BEGIN|COMMIT", query["sql"])]


def years_ago(cast, patient):
    """Visits of the same patient, each on a day of its own, discharged and gone."""
    for number in range(1, VISITS + 1):
        then = NOW - timedelta(days=7 * number)
        at_state("discharged", cast, patient=patient, now=then, treatment_on=then.date())


@pytest.mark.parametrize("name", ["board", "flowsheet", "patient_list", "filing", "schedule"])
def test_the_same_queries_whatever_the_history(cast, sign_in, prescriber_here, name):
    session = at_state("monitoring", cast, first_device_at=NOW - timedelta(minutes=42))
    at_state("discharged", cast, patient=session.patient, now=NOW - timedelta(days=400), treatment_on=(NOW - timedelta(days=400)).date())
    url = reverse(name, args=["riverside", session.pk] if name == "flowsheet" else ["riverside"])
    nurse = sign_in(cast.nurse)
    nurse.get(url)
    before = queries_of(nurse, url)
    years_ago(cast, session.patient)
    assert TreatmentSession.objects.count() == VISITS + 2
    after = queries_of(nurse, url)
    assert len(after) == len(before), "\n".join(after)
