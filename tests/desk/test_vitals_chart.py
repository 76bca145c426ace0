"""The geometry of the vitals chart: gaps stay gaps, limits are bands, crowded labels give way, nothing leaves the frame."""

import pytest
from django.template.loader import render_to_string
from hypothesis import given
from hypothesis import strategies as st

from desk.vitals_chart import HEIGHT, LEFT, RIGHT, Reading, oxygen_level, pressure_level, vitals_chart
from sessions.rules.alerts import Limits

LIMITS = Limits(high_systolic=160, high_diastolic=100, critical_systolic=200, critical_diastolic=120, low_spo2=93, critical_spo2=90, critical_moaas=2)
PLANNED = ((120, "later"), (40, "done"))
COURSE = [Reading(-12, 128, 80, 98, 72), Reading(41, 168, 96, 95, 84), Reading(119, 134, 84, 97, 76)]


def test_one_line_per_unbroken_run():
    readings = [Reading(0, 120, 80, 98), Reading(20, 130, 82, 97), Reading(40, None, None, 97), Reading(60, 128, 80, 98), Reading(80, 126, 80, 98)]
    chart = vitals_chart(readings, PLANNED, LIMITS)
    assert len(chart.systolic) == 2
    assert len(chart.spo2) == 1
    assert len(chart.bars) == 4


def test_a_lonely_value_has_a_mark_but_no_line():
    chart = vitals_chart([Reading(0, 120, 80, 98)], PLANNED, LIMITS)
    assert chart.systolic == ()
    assert len(chart.pressure_marks) == 1


def test_nothing_recorded_says_so():
    chart = vitals_chart([], PLANNED, LIMITS)
    assert chart.is_empty
    assert chart.summary == "No checks yet."
    assert [(planned.minute, planned.state) for planned in chart.planned] == [(40, "done"), (120, "later")]


@pytest.mark.parametrize(
    ("systolic", "diastolic", "level"),
    [(160, 100, ""), (161, 90, "high"), (150, 101, "high"), (200, 120, "high"), (201, 90, "critical"), (150, 121, "critical"), (None, None, "")],
)
def test_pressure_levels_begin_above_the_limit(systolic, diastolic, level):
    assert pressure_level(Reading(0, systolic, diastolic), LIMITS) == level


@pytest.mark.parametrize(("spo2", "level"), [(93, ""), (92, "high"), (90, "high"), (89, "critical")])
def test_saturation_levels_begin_below_the_limit(spo2, level):
    assert oxygen_level(spo2, LIMITS) == level


def test_now_and_gate_are_drawn_within_the_span_only():
    chart = vitals_chart(COURSE, PLANNED, LIMITS, now_minute=70, gate_minute=400)
    assert chart.now_x
    assert chart.gate_x == ""


def test_crowded_labels_give_way_to_the_newest():
    readings = [Reading(minute, 130, 80, 98) for minute in (40, 44, 48)]
    labels = [mark.label for mark in vitals_chart(readings, PLANNED, LIMITS).pressure_marks]
    assert labels == ["", "", "130/80"]


def test_a_reading_beyond_a_limit_keeps_its_numbers_in_the_crowd():
    readings = [Reading(36, 130, 80), Reading(42, 168, 102), Reading(48, 158, 96)]
    labels = [mark.label for mark in vitals_chart(readings, PLANNED, LIMITS).pressure_marks]
    assert labels[1:] == ["168/102", "158/96"]


def test_the_picture_is_told_in_words():
    chart = vitals_chart([Reading(0), Reading(41, 148, 92, 96, 80)], PLANNED, LIMITS)
    assert chart.summary == "41 min: 148/92 mmHg, SpO₂ 96 %, pulse 80."


def test_the_template_draws_it():
    chart = vitals_chart(COURSE, PLANNED, LIMITS, now_minute=119, gate_minute=127)
    html = render_to_string("components/_vitals_chart.html", {"chart": chart})
    assert html.count("<polyline") == len(chart.systolic + chart.diastolic + chart.pulse + chart.spo2)
    assert "168/96" in html


values = st.one_of(st.none(), st.integers(0, 400))


@given(st.lists(st.builds(Reading, st.floats(-200, 900), values, values, st.one_of(st.none(), st.integers(0, 100)), values), max_size=12))
def test_every_point_stays_in_the_frame(readings):
    chart = vitals_chart(readings, PLANNED, LIMITS)
    for mark in chart.pressure_marks + chart.oxygen_marks:
        assert LEFT <= float(mark.x) <= RIGHT
        assert 0 <= float(mark.y) <= HEIGHT
