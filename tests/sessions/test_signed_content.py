"""What a signature binds: the facts that stood at that moment, one by one and many at once the same."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from clinic import guards
from sessions import signed_content, signed_form
from sessions.models import Addendum, Discharge, Observation
from tests.cast import Cast
from tests.factories import forms
from tests.factories.sessions import ObservationFactory


@pytest.fixture
def discharges(cast: Cast) -> list[Discharge]:
    return [forms.finished_session(cast).discharge for _ in range(3)]


def test_many_read_as_each_alone(discharges: list[Discharge]) -> None:
    pks = [discharge.pk for discharge in discharges]
    texts = signed_content.render_discharges([*pks, 10**6])
    assert texts == {pk: signed_content.render_discharge(pk) for pk in pks}
    assert len(set(texts.values())) == 3
    for discharge in discharges:
        own = [line for line in texts[discharge.pk].splitlines() if line.startswith("observation")]
        assert len(own) == discharge.session.observations.count()


def test_many_cost_no_more_queries_than_one(discharges: list[Discharge]) -> None:
    counts = []
    for some in (discharges[:1], discharges):
        with CaptureQueriesContext(connection) as queries:
            signed_content.render_discharges([discharge.pk for discharge in some])
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 8


def test_what_is_written_afterwards_changes_no_signed_text(discharges: list[Discharge], cast: Cast) -> None:
    discharge = discharges[0]
    signed = signed_content.render_discharge(discharge.pk)
    later = discharge.recorded_at + timedelta(minutes=5)
    reading = discharge.session.observations.first()
    ObservationFactory(
        session=discharge.session, observed_at=reading.observed_at, recorded_at=later, supersedes=reading, reason="Typed wrong", systolic=150
    )
    ObservationFactory(session=discharge.session, observed_at=later, recorded_at=later)
    assert signed_content.render_discharge(discharge.pk) == signed


def test_a_fact_changed_or_gone_changes_the_signed_text(discharges: list[Discharge]) -> None:
    discharge, other = discharges[:2]
    signed = signed_content.render_discharge(discharge.pk)
    beside = signed_content.render_discharge(other.pk)
    with guards.lifted():
        Observation.objects.filter(pk=discharge.session.observations.last().pk).update(systolic=99)
    assert signed_content.render_discharge(discharge.pk) != signed
    assert signed_content.render_discharge(other.pk) == beside


def test_addenda_and_forms_read_the_same_alone_and_together(cast: Cast) -> None:
    form = forms.confirmed(cast)
    words = Addendum.objects.create(
        site=form.site, session=form.session, observed_at=form.completed_at, recorded_at=form.completed_at, recorded_by=cast.nurse, text="Slept well — “fine”."
    )  # fmt: skip
    assert signed_content.render_addenda([words.pk, 10**6]) == {words.pk: signed_content.render_addendum(words.pk)}
    assert signed_content.render_addendum(words.pk).isascii()
    assert signed_form.render_forms([form.pk, 10**6]) == {form.pk: signed_form.render_form(form.pk)}


@pytest.mark.django_db
def test_what_is_not_there_has_no_text() -> None:
    for render in (signed_content.render_discharge, signed_content.render_addendum):
        with pytest.raises(LookupError):
            render(10**6)
