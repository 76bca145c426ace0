"""What makes an event serious, how it is reported, and the draft of its narrative (PMF-6); no database."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from sessions.rules.adverse import LONGEST, Signs, Way, event_findings, phone_due_at, report_findings, suggestions, way_of
from sessions.rules.narrative import MORE, draft
from tests.moment import NOW

ZONE = ZoneInfo("America/New_York")
HOUR = timedelta(hours=1)


def test_the_record_raises_questions_with_their_evidence_and_answers_none():
    signs = Signs(
        critical=("10:40 SpO₂ 88 %",),
        measures=("10:41 given: oxygen",),
        transfers=("10:55 taken to General",),
        emergencies=("10:40 emergency called",),
    )
    assert [(row.criterion, len(row.evidence)) for row in suggestions(signs)] == [
        ("hospitalization", 1),
        ("intervention", 1),
        ("life_threatening", 2),
    ]
    assert [row.criterion for row in suggestions(Signs(deaths=("x",), told=("y",)))] == ["death", "other"]
    assert suggestions(Signs()) == []


@pytest.mark.parametrize(
    ("changed", "fields"),
    [
        ({}, []),
        ({"is_serious": False, "criteria": ()}, []),
        ({"kind": " "}, ["kind"]),
        ({"began_at": NOW + HOUR, "ended_at": None}, ["began_at"]),
        ({"began_at": NOW - timedelta(days=400)}, ["began_at"]),
        ({"ended_at": NOW - 3 * HOUR}, ["ended_at"]),
        ({"ended_at": NOW + HOUR}, ["ended_at"]),
        ({"criteria": ()}, ["criteria"]),
        ({"criteria": ("nonsense",)}, ["criteria"]),
        ({"narrative": ""}, ["narrative"]),
        ({"narrative": "x" * (LONGEST + 1)}, ["narrative"]),
    ],
)
def test_what_an_event_needs(changed, fields):
    good = {
        "kind": "Fainted",
        "began_at": NOW - 2 * HOUR,
        "ended_at": NOW,
        "is_serious": True,
        "criteria": ("other",),
        "narrative": "Told.",
        "now": NOW,
    }
    assert [finding.field for finding in event_findings(**(good | changed))] == fields


@pytest.mark.parametrize(
    ("changed", "fields"),
    [({}, []), ({"phoned_at": NOW + HOUR}, ["phoned_at"]), ({"phoned_at": NOW - 3 * HOUR}, ["phoned_at"]), ({"number": " "}, ["number"])],
)
def test_what_a_call_needs(changed, fields):
    good = {"phoned_at": NOW, "began_at": NOW - 2 * HOUR, "number": "518 555 0199", "now": NOW}
    assert [finding.field for finding in report_findings(**(good | changed))] == fields


@pytest.mark.parametrize(
    ("known", "way"),
    [
        ({"is_reported": True}, Way.REPORTED),
        ({"has_open_form": True}, Way.THIS_FORM),
        ({"has_later_form": True}, Way.NEXT_FORM),
        ({"has_next_visit": True}, Way.NEXT_FORM),
        ({}, Way.PHONE),
        ({"is_outpatient": False, "has_open_form": True, "has_next_visit": True}, Way.PHONE),
    ],
)
def test_this_form_the_next_or_the_phone(known, way):
    nothing = {"is_reported": False, "is_outpatient": True, "has_open_form": False, "has_later_form": False, "has_next_visit": False}
    assert way_of(**(nothing | known)) is way


def test_phoned_by_the_end_of_the_day_on_which_it_became_known():
    assert phone_due_at(NOW, ZONE) == datetime(2026, 6, 11, 4, tzinfo=UTC)


def test_a_draft_is_in_order_and_cut_between_lines():
    lines = [(NOW + timedelta(minutes=5), "emergency called"), (NOW, "device 1, 2 sprays")]
    assert draft("Head.", lines, zone=ZONE, longest=2000) == "Head.\n10:00 device 1, 2 sprays.\n10:05 emergency called."
    assert draft("Head.", lines, zone=ZONE, longest=60) == f"Head.\n10:00 device 1, 2 sprays.\n{MORE}"
