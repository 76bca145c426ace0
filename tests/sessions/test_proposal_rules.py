"""What is proposed for each field, with its evidence, and what is never proposed (PMF-2, PMF-3, PMF-4, MON-7)."""

from dataclasses import replace
from datetime import date

import pytest

from sessions.rules.definition import YES_NO, Choice, Definition, FieldSpec, Kind, Section
from sessions.rules.form_facts import FormFacts, MedicineFact, PatientFact, PersonFact
from sessions.rules.proposals import NOT_OBTAINED, SOURCES, Proposal, propose
from sessions.rules.proposals.core import proposal_for
from tests.sessions.form_facts import FACTS, NORA, asked, at, device, event, facts, reading

BANDS = (Choice("1-29", "1–29", 1, 29), Choice("30-59", "30–59", 30, 59), Choice("90-120", "90–120", 90, 120))
DOSES = (Choice("56", "56 mg"), Choice("other", "Other"))


def proposed(source: str, known: FormFacts, kind: Kind = Kind.TEXT, **spec: object) -> Proposal:
    choices = YES_NO if kind is Kind.YES_NO else spec.pop("choices", ())
    return proposal_for(FieldSpec("x", "X", kind, propose=source, choices=choices, **spec), known)  # type: ignore[arg-type]


def test_no_source_no_proposal():
    assert proposal_for(FieldSpec("x", "X", Kind.TEXT), FACTS) == Proposal("")


@pytest.mark.parametrize(
    ("source", "value"),
    [
        ("patient.first_name", "Élodie"), ("patient.last_name", "Example"), ("patient.birth_on", "1980-02-03"), ("patient.sex", "female"),
        ("monitor.name", "Nora Nurse"), ("monitor.phone", "+1 518 555 0100"), ("monitor.email", "nora@example.org"),
        ("site.name", "Riverside"), ("site.address", "1 River Road"), ("session.date", "2026-06-10"), ("patient.middle_initial", "M"), ("patient.rems_id", "S-1"),
    ],
)  # fmt: skip
def test_who_and_where(source, value):
    known = replace(FACTS, monitor=NORA, patient=replace(FACTS.patient, middle_initial="M"), rems_id="S-1")
    assert proposed(source, known).value == value


@pytest.mark.parametrize(
    ("source", "place"),
    [
        ("patient.middle_initial", "patient"),
        ("monitor.phone", "staff"),
        ("patient.rems_id", "patient"),
        ("medicines.list", "patient"),
        ("dose.mg", "session"),
        ("dose.lots", "session"),
    ],
)
def test_what_is_missing_names_its_place(source, place):
    found = proposed(source, FACTS)
    assert (found.value, bool(found.missing), found.place) == ("", True, place)


def test_a_site_without_an_address():
    assert proposed("site.address", replace(FACTS, site_address="")).place == "site"


def test_the_dose_goes_by_sprays():
    known = facts(devices=(device(), device(2, 5), device(3, 10, sprays=0)), given_mg=56)
    found = proposed("dose.mg", known, Kind.CHOICE, choices=DOSES)
    assert (found.value, found.evidence) == ("56", ("10:00 device 1, 2 of 2 sprays", "10:05 device 2, 2 of 2 sprays"))


@pytest.mark.parametrize(("choices", "value"), [(DOSES, "other"), (DOSES[:1], "")])
def test_another_dose_is_other_where_the_form_has_it(choices, value):
    found = proposed("dose.mg", facts(), Kind.CHOICE, choices=choices)
    assert (found.value, bool(found.missing)) == (value, not value)


def test_lots_once_each():
    found = proposed("dose.lots", facts(devices=(device(), device(2, 5), device(3, 10, lot="LOT-2"), device(4, 15, lot=""))))
    assert (found.value, found.evidence[-1]) == ("LOT-1, LOT-2", "device 4: no lot")


def test_minutes_watched_are_rounded_down():
    known = facts(ended_at=at(124.9), ended_how="discharge signed")
    assert proposed("watch.minutes", known, Kind.NUMBER) == Proposal("124", ("10:00 first device", "12:04 discharge signed"))


@pytest.mark.parametrize("known", [facts(), facts(devices=(), ended_at=at(120))])
def test_no_minutes_without_a_beginning_and_an_end(known):
    assert proposed("watch.minutes", known).place == "session"


def test_ready_by_the_last_tap():
    known = facts(events=(event(90, "clinically_ready"), event(100, "clinically_ready"), event(101, "note")))
    assert proposed("watch.ready_minutes", known, Kind.NUMBER).value == "100"
    assert proposed("watch.ready_at", known).value == "11:40"


@pytest.mark.parametrize("source", ["watch.ready_minutes", "watch.ready_at"])
def test_not_ready_without_a_tap(source):
    assert "clinically ready" in proposed(source, facts()).missing


# --- pressures: before, at 40 minutes, at the end --------------------------------------------------------------------
def test_three_pressures():
    known = facts(
        readings=(
            reading(-20, systolic=110),
            reading(-5, systolic=120),
            reading(35, systolic=131),
            reading(42, systolic=132),
            reading(90),
            reading(118, systolic=124),
        )
    )
    values = [proposed(f"pressure.{name}", known, Kind.PRESSURE).value for name in ("before", "at_40", "end")]
    assert values == ["120/80", "132/80", "124/80"]
    assert proposed("pressure.at_40", known, Kind.PRESSURE).evidence == ("10:42 132/80 mmHg",)


@pytest.mark.parametrize("minute", [29, 51, 60])
def test_the_40_minute_value_is_never_its_neighbours(minute):
    found = proposed("pressure.at_40", facts(readings=(reading(minute),)), Kind.PRESSURE)
    assert (found.value, "never take its neighbour" in found.missing) == ("", True)


def test_checks_may_count_from_the_last_device():
    known = facts(devices=(device(), device(2, 15)), readings=(reading(55),))
    assert proposed("pressure.at_40", known, Kind.PRESSURE).value == ""
    assert proposed("pressure.at_40", replace(known, checks_from_last=True), Kind.PRESSURE).value == "120/80"


def test_not_obtained_with_its_reason():
    readings = (reading(40, systolic=None, diastolic=None, spo2=None, not_obtained={"systolic": "asleep", "spo2": "probe fell off"}),)
    assert proposed("pressure.at_40", facts(readings=readings), Kind.PRESSURE) == Proposal(NOT_OBTAINED, ("10:40 not obtained: asleep",))
    assert proposed("spo2.at_40", facts(readings=readings), Kind.NUMBER).evidence == ("10:40 not obtained: probe fell off",)


def test_a_reading_without_pressure_passes_to_the_next():
    known = facts(readings=(reading(45), reading(40, systolic=None)))
    assert proposed("pressure.at_40", known, Kind.PRESSURE).evidence == ("10:45 120/80 mmHg",)


@pytest.mark.parametrize("source", ["pressure.before", "pressure.at_40", "pressure.end", "spo2.before", "spo2.at_40", "spo2.end", "spo2.lowest"])
def test_no_reading_no_value(source):
    assert proposed(source, FACTS).value == ""


def test_saturation():
    known = facts(readings=(reading(-5, spo2=99), reading(40, spo2=None), reading(45, spo2=94), reading(110, spo2=96)))
    values = {name: proposed(f"spo2.{name}", known, Kind.NUMBER).value for name in ("before", "at_40", "end", "lowest")}
    assert values == {"before": "99", "at_40": "94", "end": "96", "lowest": "94"}
    assert proposed("spo2.monitored", known, Kind.YES_NO).value == "yes"
    assert proposed("spo2.monitored", facts(), Kind.YES_NO).value == "no"


@pytest.mark.parametrize(
    ("source", "minute", "systolic", "value"),
    [
        ("vitals.acceptable_before", -5, 140, "yes"),
        ("vitals.acceptable_before", -5, 141, ""),
        ("vitals.acceptable_end", 110, 120, "yes"),
        ("vitals.acceptable_end", 40, 120, ""),
    ],
)
def test_acceptable_is_a_judgement_beyond_the_limit(source, minute, systolic, value):
    found = proposed(source, facts(readings=(reading(minute, systolic=systolic),)), Kind.YES_NO)
    assert (found.value, bool(found.missing)) == (value, not value)


def test_acceptable_looks_for_a_reading_with_a_pressure():
    known = facts(readings=(reading(-10), reading(-5, systolic=None)))
    assert proposed("vitals.acceptable_before", known, Kind.YES_NO).evidence == ("09:50 120/80 mmHg, site's limit 140/90",)


# --- reactions -------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("minutes", "band"), [(0, "1-29"), (29.9, "1-29"), (30, "30-59"), (75, ""), (120, "90-120"), (121, "")])
def test_onset_bands(minutes, band):
    found = proposed("sedation.onset", facts(events=(event(minutes, "sedation_began"),)), Kind.BAND, choices=BANDS)
    assert (found.value, bool(found.missing)) == (band, not band)


@pytest.mark.parametrize(("minutes", "value", "typed"), [(119.5, "yes", "120"), (120, "yes", "120"), (120.01, "no", "121")])
def test_resolved_within_two_hours_is_rounded_up(minutes, value, typed):
    known = facts(events=(event(10, "dissociation_began"), event(minutes, "dissociation_ended")))
    assert proposed("dissociation.resolved", known, Kind.YES_NO, limit=120).value == value
    assert proposed("dissociation.resolved", known, Kind.NUMBER).value == typed


def test_a_reaction_without_times():
    assert proposed("breathing.happened", facts(readings=(reading(40),)), Kind.YES_NO).value == "no"
    assert proposed("breathing.happened", facts(), Kind.YES_NO).place == "session"
    assert proposed("breathing.onset", facts(), Kind.BAND, choices=BANDS).place == "session"
    assert proposed("breathing.resolved", facts(), Kind.YES_NO, limit=120).place == "session"


# --- medicines, enrolment, first treatment, serious event ------------------------------------------------------------
VALIUM = MedicineFact("Diazepam", "benzodiazepine", "5 mg")


@pytest.mark.parametrize(
    ("said", "chart", "value", "missing"),
    [
        (["benzodiazepine"], (), "yes", ""),
        ([], (), "no", ""),
        (["benzodiazepine"], (VALIUM,), "yes", ""),
        ([], (VALIUM,), "", "disagree"),
        (None, (VALIUM,), "yes", ""),
        (None, (), "", "Not asked"),
    ],
)
def test_medicines_as_asked_today(said, chart, value, missing):
    answers = {} if said is None else {"medicines": said}
    found = proposed("medicines.benzodiazepine", facts(asked=asked(**answers), medicines=chart), Kind.YES_NO)
    assert found.value == value
    assert missing in found.missing
    assert proposed("medicines.benzodiazepine", facts(medicines=chart), Kind.YES_NO).value == ("yes" if chart else "")


def test_the_open_list():
    assert proposed("medicines.list", facts(medicines=(VALIUM, MedicineFact("Sertraline", "antidepressant")))).value == "Diazepam 5 mg, Sertraline"


@pytest.mark.parametrize(("here", "elsewhere", "value"), [(0, 0, "yes"), (1, 0, "no"), (0, 3, "no")])
def test_first_treatment(here, elsewhere, value):
    assert proposed("course.is_first", facts(earlier_here=here, earlier_elsewhere=elsewhere), Kind.YES_NO).value == value


@pytest.mark.parametrize(
    ("on", "how", "value", "lines"),
    [(date(2026, 6, 10), "phone", "yes", 2), (date(2026, 1, 1), "down", "yes", 1), (date(2026, 6, 11), "portal", "", 0), (None, "", "", 0)],
)
def test_enrolled_by_the_day_of_treatment(on, how, value, lines):
    found = proposed("patient.enrolled", facts(enrolled_on=on, asked=asked(enrolment=how)), Kind.YES_NO)
    assert (found.value, len(found.evidence)) == (value, lines)
    assert proposed("patient.enrolled", facts(enrolled_on=on), Kind.YES_NO).value == value


@pytest.mark.parametrize(
    ("known", "value", "evidence"),
    [
        (facts(asked=asked(event_since="no")), "no", 1),
        (facts(asked=asked(event_since="yes")), "", 1),
        (facts(asked=asked(event_since="no"), alerts=("10:40 alert",)), "", 2),
        (facts(asked=asked(event_since="no"), events=(event(40, "measure_given", "labetalol"),)), "", 2),
        (facts(asked=asked()), "", 0),
        (facts(), "", 0),
    ],
)
def test_serious_is_never_proposed_as_yes(known, value, evidence):
    found = proposed("event.serious", known, Kind.YES_NO)
    assert (found.value, len(found.evidence)) == (value, evidence)


def test_every_source_answers_about_an_empty_session():
    bare = replace(FACTS, patient=PatientFact("", "", date(2000, 1, 1), ""), monitor=PersonFact(), site_address="")
    for name in SOURCES:
        assert isinstance(proposed(name, bare), Proposal)


def test_minutes_need_a_device():
    for method in (FACTS.minutes_in, FACTS.minutes_until):
        with pytest.raises(ValueError, match="No device"):
            method(at(1))


def test_a_whole_definition_is_proposed_at_once():
    fields = (FieldSpec("a", "A", Kind.TEXT, propose="site.name"), FieldSpec("b", "B", Kind.TEXT))
    found = propose(Definition("X", "X", date(2026, 1, 1), "", (Section("One", fields),)), FACTS)
    assert {name: proposal.value for name, proposal in found.items()} == {"a": "Riverside", "b": ""}
