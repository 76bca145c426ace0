"""Names, numbers, slugs, the order of certification (MSG-4, SET-1, SET-5)."""

from datetime import timedelta

import pytest

from clinic.rules.site import (
    certification_findings,
    dea_number_findings,
    is_another_person,
    public_name_findings,
    slug_findings,
)
from clinic.rules.standing import CertificationEvent
from tests.moment import TODAY


@pytest.mark.parametrize(
    ("name", "good"),
    [("Riverside Wellness", True), ("Riverside SPRAVATO Center", False), ("Ketamine House", False), ("Depression Clinic", False), ("", True)],
)
def test_a_public_name_tells_nothing(name, good):
    assert (public_name_findings(name) == []) is good


@pytest.mark.parametrize(
    ("number", "good"),
    [
        ("", True),
        ("AB1234563", True),
        ("A91234563", True),
        ("AB1234564", False),
        ("1B1234563", False),
        ("AB123456", False),
        ("AB１２３４５６３", False),
        ("x" * 500, False),
    ],
)
def test_dea_numbers_check_themselves(number, good):
    assert (dea_number_findings(number) == []) is good


@pytest.mark.parametrize(
    ("slug", "good"),
    [
        ("riverside", True),
        ("river-side-2", True),
        ("accounts", False),
        ("River", False),
        ("a--b", False),
        ("-a", False),
        ("", False),
        ("a" * 41, False),
    ],
)
def test_slugs(slug, good):
    assert (slug_findings(slug, {"accounts"}) == []) is good


@pytest.mark.parametrize(
    ("past", "kind", "on", "field"),
    [
        ([], "certified", 0, None),
        ([], "certified", 1, "happened_on"),
        ([], "ended", 0, "kind"),
        ([], "recertified", 0, "kind"),
        ([(-9, "certified")], "certified", 0, "kind"),
        ([(-9, "certified")], "recertified", 0, None),
        ([(-9, "certified")], "ended", 0, None),
        ([(-9, "certified")], "ended", -10, "happened_on"),
        ([(-9, "certified"), (-5, "ended")], "ended", 0, "kind"),
        ([(-9, "certified"), (-5, "ended")], "certified", 0, None),
        ([(-9, "certified"), (-5, "ended")], "recertified", -5, None),
    ],
)
def test_certification_in_order(past, kind, on, field):
    events = [CertificationEvent(TODAY + timedelta(days=day), order, past_kind) for order, (day, past_kind) in enumerate(past)]
    found = certification_findings(events, kind=kind, happened_on=TODAY + timedelta(days=on), today=TODAY)
    assert [finding.field for finding in found] == ([field] if field else [])


@pytest.mark.parametrize(("before", "after", "another"), [("Ada Admin", " ada  ADMIN", False), ("Ada Admin", "Ada Adams", True)])
def test_another_person(before, after, another):
    assert is_another_person(before, after) is another
