"""The gate of the discharge (MON-1, MON-3, MON-6, OUT-1, OUT-2); tables and laws, no database."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinic.findings import Level, blocks
from sessions.rules import clocks
from sessions.rules.readiness import BY_ID, ITEMS, LastSeen, answer_findings, discharge_findings, hand_off, resolved_findings, signer_findings
from tests.moment import NOW

READY = {item.id: item.good[0] for item in ITEMS}


@pytest.mark.parametrize(
    ("told", "kept"),
    [
        ({}, {}),
        ({"taken_seen": "known"}, {}),
        ({"taken_by": "other"}, {}),
        ({"taken_by": "x"}, {}),
        ({"taken_name": " Uncle Ben ", "taken_seen": "seen"}, {"taken_by": "other", "taken_name": "Uncle Ben", "taken_seen": "seen"}),
        ({"taken_by": "9" * 19}, {}),
        ({"taken_by": "7", "taken_name": "Ana", "taken_seen": "no"}, {"taken_by": "7"}),
        ({"taken_by": "other", "taken_name": " Ana ", "taken_seen": "known"}, {"taken_by": "other", "taken_name": "Ana", "taken_seen": "known"}),
    ],
)
def test_who_took_the_patient_holds_together(told, kept):
    assert hand_off(told) == kept


WELL = LastSeen(sedation=5, dissociation="none", breathing="normal")


def minutes(count):
    return timedelta(minutes=count)


def gate(**changed):
    facts = {
        "now": NOW, "opens_at": NOW - minutes(1), "seen": WELL, "last_check_at": NOW - minutes(5), "final_max_age": minutes(15),
        "answers": READY, "answered_at": NOW - minutes(2), "open_alerts": [],
    }  # fmt: skip
    return discharge_findings(**(facts | changed))


def codes(findings):
    return [finding.code for finding in findings]


def test_nothing_in_the_way():
    assert gate() == []


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"opens_at": None}, ["MON-1.no_device"]),
        ({"opens_at": NOW + timedelta(seconds=1)}, ["MON-1.time"]),
        ({"opens_at": NOW}, []),
        ({"seen": LastSeen(sedation=4, dissociation="none", breathing="normal")}, ["MON-1.sedation"]),
        ({"seen": LastSeen(sedation=5, dissociation="mild", breathing="normal")}, ["MON-1.dissociation"]),
        ({"seen": LastSeen(sedation=5, dissociation="none", breathing="shallow")}, ["MON-1.breathing"]),
        ({"last_check_at": None}, ["MON-3.final"]),
        ({"last_check_at": NOW - minutes(15)}, []),
        ({"last_check_at": NOW - minutes(15) - timedelta(seconds=1)}, ["MON-3.final"]),
        ({"open_alerts": ["Pressure 170/90"]}, ["MON-6.open"]),
        ({"answered_at": None, "answers": {}}, ["OUT-1.none"]),
        ({"answered_at": NOW - minutes(16)}, ["OUT-1.old"]),
        ({"answers": READY | {"moves": "no"}}, ["OUT-1.moves"]),
        ({"answers": READY | {"way_home": "handed"}}, ["OUT-1.way_home.who"]),
        ({"answers": READY | {"way_home": "handed", "taken_by": "12"}}, []),
    ],
)
def test_each_reason_shuts_the_gate(changed, expected):
    findings = gate(**changed)
    assert codes(findings) == expected
    assert all(finding.level is Level.BLOCK for finding in findings)


def test_minutes_to_go_are_rounded_up():
    assert "1 min to go" in gate(opens_at=NOW + timedelta(seconds=10))[0].text
    assert "OUT-3" in gate(opens_at=NOW + minutes(30))[0].text


def test_what_was_never_obtained_is_left_to_the_readiness_answers():
    assert resolved_findings(LastSeen()) == []


@pytest.mark.parametrize(("saw", "expected"), [(False, ["OUT-1.suicide_risk.seen"]), (True, [])])
def test_that_the_prescriber_saw_them_rests_on_the_prescribers_own_words(saw, expected):
    answers = {item.id: item.good[0] for item in ITEMS} | {"suicide_risk": "prescriber"}
    assert codes(answer_findings(answers, prescriber_saw=saw)) == expected


@pytest.mark.parametrize("item", ITEMS, ids=lambda item: item.id)
def test_every_item_blocks_unanswered_unmet_or_answered_with_nonsense(item):
    rest = {key: value for key, value in READY.items() if key != item.id}
    assert codes(answer_findings(rest)) == [f"OUT-1.{item.id}.open"]
    assert codes(answer_findings(rest | {item.id: "perhaps"})) == [f"OUT-1.{item.id}.open"]
    bad = [value for value, _ in item.choices if value not in item.good]
    assert [codes(answer_findings(rest | {item.id: value})) for value in bad] == [[f"OUT-1.{item.id}"]] * len(bad)
    assert BY_ID[item.id].unmet


@pytest.mark.parametrize(("credential", "may"), [("rn", True), ("ma", False), ("none", False)])
def test_only_a_credential_of_the_sites_list_signs(credential, may):
    assert (signer_findings(credential=credential, signing_credentials=["rn", "md"]) == []) is may


policies = st.builds(
    clocks.ClockPolicy,
    gate_from_last=st.booleans(), checks_from_last=st.booleans(), minimum_watch=st.integers(120, 300).map(minutes), check_minutes=st.just((0, 40, 120)),
    grace=st.just(minutes(5)), after=st.just(minutes(30)), final_max_age=st.integers(5, 60).map(minutes), round_every=st.just(minutes(15)), rest=st.just(minutes(5)),
)  # fmt: skip


@given(policy=policies, gaps=st.lists(st.integers(0, 90), min_size=0, max_size=3), waited=st.integers(0, 600), ready=st.booleans())
def test_the_gate_never_opens_before_two_hours_from_the_anchor_device(policy, gaps, waited, ready):
    devices = [NOW]
    for gap in gaps:
        devices.append(devices[-1] + minutes(gap))
    opens_at = clocks.gate_opens_at(first_device_at=devices[0], last_device_at=devices[-1], policy=policy)
    now = devices[0] + minutes(waited)
    anchor = devices[-1] if policy.gate_from_last else devices[0]
    findings = gate(
        now=now, opens_at=opens_at, last_check_at=now, answered_at=now, final_max_age=policy.final_max_age, answers=READY if ready else {}
    )
    if now < anchor + minutes(120):
        assert "MON-1.time" in codes(blocks(findings))
    if not blocks(findings):
        assert ready
        assert now - anchor >= policy.minimum_watch >= minutes(120)
