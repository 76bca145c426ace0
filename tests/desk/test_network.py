"""The generator of a network: a site made of another one's visits, every link of every row real, as a database without guards leaves it."""

from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from pytest_django import Settings

from clinic.models import DutyPeriod, Membership, Site
from desk.demo.cloning import FACTS
from desk.demo.network import SLUG, add_site, slug_of
from patients.models import Course, Enrolment, Patient
from reports.queries import facts_of
from reports.rules import MEASURE_BY_CODE, evaluate
from sessions.models import Alert, Departure, Discharge, FormSend, MonitoringForm, Observation, Override, SafetyCall, TreatmentSession
from tests.cast import NOW, TODAY, Cast
from tests.factories.forms import filed
from tests.factories.sessions import ObservationFactory

ORPHANS = """
SELECT conrelid::regclass::text, confrelid::regclass::text,
  (SELECT string_agg(format('c.%I = p.%I', a.attname, b.attname), ' AND ') FROM unnest(conkey, confkey) AS k(x, y)
    JOIN pg_attribute a ON a.attrelid = conrelid AND a.attnum = x JOIN pg_attribute b ON b.attrelid = confrelid AND b.attnum = y),
  (SELECT string_agg(format('c.%I IS NOT NULL', a.attname), ' AND ') FROM unnest(conkey) AS k(x) JOIN pg_attribute a ON a.attrelid = conrelid AND a.attnum = x)
FROM pg_constraint WHERE contype = 'f' ORDER BY 1, 2
"""


def orphans() -> list[str]:
    """Rows that point at nothing, by the database's own list of its foreign keys."""
    found = []
    with connection.cursor() as cursor:
        cursor.execute(ORPHANS)
        for child, parent, link, given in cursor.fetchall():
            cursor.execute(f"SELECT count(*) FROM {child} c WHERE {given} AND NOT EXISTS (SELECT 1 FROM {parent} p WHERE {link})")
            if cursor.fetchone()[0]:
                found.append(f"{child} → {parent}")
    return found


def test_a_site_of_a_network_is_whole_on_postgresql_and_refused_elsewhere(cast: Cast, settings: Settings) -> None:
    """Rows are cloned inside of PostgreSQL; another engine is told so, and nothing is written."""
    form = filed(cast, now=NOW)
    ObservationFactory(
        session=form.session, observed_at=form.session.dosing_at + timedelta(minutes=40), kind="planned", planned_minute=40, recorded_by=cast.nurse
    )
    if connection.vendor != "postgresql":
        settings.VIGIL_DEMONSTRATION = True
        with pytest.raises(CommandError, match="on PostgreSQL"):
            call_command("seed_network", sites=1, patients=3, sessions=30)
        assert not Site.objects.filter(slug__startswith=SLUG).exists()
        return
    a_network_of_two(cast)


def a_network_of_two(cast: Cast) -> None:
    DutyPeriod.objects.all().delete()
    for number in (1, 2):
        add_site(cast.riverside, number=number, patients=3, sessions=30, until=TODAY)
    site = Site.objects.get(slug=slug_of(2))
    assert Site.objects.filter(slug__startswith=SLUG).count() == 2
    assert [model.objects.filter(site=site).count() for model in (Patient, Course, TreatmentSession)] == [3, 6, 30]
    opened = {(one.mrn, one.allergies) for one in Patient.objects.filter(site=site)}
    assert opened == {(f"N2-{number}", Patient.objects.get(site=cast.riverside).allergies) for number in range(3)}
    assert Enrolment.objects.filter(site=site).count() <= 3
    for model in set(FACTS) - {Override}:
        own = model._default_manager.filter(site=site).count()
        assert (own > 0) is model._default_manager.filter(site=cast.riverside).exists(), model
    people = [set(Membership.objects.filter(site=place).values_list("user_id", flat=True)) for place in (site, cast.riverside)]
    assert not people[0] & people[1]
    assert orphans() == []
    given = facts_of(site, TODAY.replace(year=TODAY.year - 1), TODAY)
    assert evaluate(MEASURE_BY_CODE["filed"], given, today=TODAY).percent == 100
    assert odds_of(site) == (True, True, True, True)
    assert evaluate(MEASURE_BY_CODE["adherence"], given, today=TODAY).counted > 0
    assert FormSend.objects.filter(site=site).count() == MonitoringForm.objects.filter(site=site, status="filed").count()


def odds_of(site: Site) -> tuple[bool, ...]:
    """Early leavings by two signatures with their decision, who simply went with their call, an alert for each high reading."""
    early, left = Discharge.objects.filter(site=site, is_early=True), TreatmentSession.objects.filter(site=site, status="left")
    high = Observation.objects.filter(site=site, systolic__gt=160, planned_minute__gt=0)
    return (
        early.count() == Override.objects.filter(site=site, discharge__in=early).count() > 0,
        left.count() == Departure.objects.filter(session__in=left).count() == SafetyCall.objects.filter(session__in=left).count() > 0,
        not Discharge.objects.filter(session__in=left).exists(),
        high.count() == Alert.objects.filter(site=site).count() > 0,
    )
