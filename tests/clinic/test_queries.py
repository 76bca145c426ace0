"""What the other rooms read of the clinic: in force, on site, open, in date."""

from datetime import date, timedelta

import pytest

from clinic import queries
from clinic.findings import Level
from clinic.models import Certification, EquipmentCheck, SitePolicy
from clinic.rules.presence import Gap
from clinic.rules.standing import Standing
from tests.cast import NOW, TODAY
from tests.factories.clinic import CertificationFactory, ClosureFactory, SitePolicyFactory, on_duty


@pytest.mark.parametrize(
    ("day", "effective"),
    [(date(2024, 5, 5), date(2025, 1, 1)), (date(2026, 6, 9), date(2025, 1, 1)), (TODAY, TODAY), (date(2027, 1, 1), TODAY)],
)
def test_policy_in_force(riverside, day, effective):
    SitePolicyFactory(site=riverside, effective_on=TODAY)
    assert queries.policy_on(riverside, day).effective_on == effective
    assert queries.policies_on(riverside, [day])[day].effective_on == effective


def test_a_site_without_policy_is_loud(hillcrest):
    SitePolicy.objects.filter(site=hillcrest).delete()
    with pytest.raises(SitePolicy.DoesNotExist):
        queries.policy_on(hillcrest, TODAY)


def test_on_site_until_leaving_or_closing(cast, riverside):
    on_duty(cast.of(cast.prescriber), NOW - timedelta(hours=2), left_at=NOW - timedelta(minutes=20))
    on_duty(cast.of(cast.nurse), NOW - timedelta(hours=2), lapses_at=NOW + timedelta(hours=1))
    assert [period.membership.user for period in queries.duty_at(riverside, NOW)] == [cast.nurse]
    assert not queries.prescriber_on_site(riverside, NOW)
    assert queries.prescriber_on_site(riverside, NOW - timedelta(minutes=21))
    assert queries.duty_at(riverside, NOW + timedelta(hours=1)) == []


def test_gaps_count_prescribers_alone(cast, riverside, hillcrest):
    start, end = NOW - timedelta(hours=2), NOW
    on_duty(cast.of(cast.nurse), start)
    on_duty(cast.of(cast.stranger), start)
    on_duty(cast.of(cast.prescriber), start, left_at=start + timedelta(hours=1))
    assert queries.presence_gaps(riverside, start, end) == [Gap(start + timedelta(hours=1), end)]
    assert queries.presence_gaps(hillcrest, start, end) == []
    assert len(queries.stays_over(riverside, start, end)) == 2


def test_certification_ends_by_an_event(cast, riverside):
    CertificationFactory(site=riverside, kind=Certification.Kind.ENDED, happened_on=TODAY, recorded_by=cast.admin)
    assert queries.certified_on(riverside, TODAY - timedelta(days=1))
    assert not queries.certified_on(riverside, TODAY)


def test_hours_and_closures(riverside):
    ClosureFactory(site=riverside, closed_on=date(2026, 6, 12))
    assert queries.closing_at(riverside, TODAY) == NOW + timedelta(hours=8)
    assert queries.closing_at(riverside, date(2026, 6, 12)) is None
    assert not queries.is_staffed(riverside, date(2026, 6, 12))
    assert queries.last_staffed_day(riverside, date(2026, 6, 14)) == date(2026, 6, 11)
    assert queries.last_staffed_day(riverside, date(2026, 6, 14), date(2026, 6, 12)) == date(2026, 6, 12)


def test_today_is_the_sites(riverside, hillcrest):
    late = NOW.replace(hour=5)
    assert queries.today_at(riverside, late) == TODAY
    assert queries.today_at(hillcrest, late) == TODAY - timedelta(days=1)


def test_equipment_as_it_stood_that_day(cast, riverside):
    assert queries.equipment_problems(riverside, TODAY) == []
    oximeter = riverside.equipment.get(label="OX-1")
    EquipmentCheck.objects.create(site=riverside, equipment=oximeter, checked_at=NOW, is_good=False, recorded_at=NOW, recorded_by=cast.admin)
    found = {finding.code: finding.level for finding in queries.equipment_problems(riverside, TODAY)}
    assert found == {"SET-4.oximeter": Level.BLOCK, "SET-4.Pulse oximeter OX-1": Level.NOTE}
    assert queries.equipment_problems(riverside, TODAY - timedelta(days=1)) == []
    assert len(queries.equipment_problems(riverside, date(2026, 1, 1))) == 4


def test_training_of_one_and_of_all(cast, riverside):
    nurse = cast.of(cast.nurse)
    assert queries.training_valid(nurse, TODAY)
    assert not queries.training_valid(nurse, date(2027, 2, 1))
    assert queries.training_standings(riverside, TODAY)[nurse.pk] is Standing.VALID
    assert set(queries.training_standings(riverside, TODAY, [nurse])) == {nurse.pk}
