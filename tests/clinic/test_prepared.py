"""A prepared query finds what the same queryset finds, with the values of each call, in one query and without writing its SQL again."""

import uuid
from datetime import date, datetime, timedelta
from unittest.mock import patch

import pytest
from django.db import connection
from django.db.models import QuerySet
from django.db.models.sql.compiler import SQLCompiler
from django.db.transaction import TransactionManagementError

from clinic.models import Chair, Closure, Membership, Site, User
from clinic.prepared import prepared
from clinic.queries.opening import calendar_of
from tests.cast import NOW, TODAY
from tests.factories.clinic import ClosureFactory


@prepared
def chairs_at(site_pk: int, names: str) -> QuerySet[Chair]:
    return Chair.objects.select_related("site").filter(site_id=site_pk, name__gte=names).order_by("pk")


@prepared
def people(pks: list[int]) -> QuerySet[User]:
    return User.objects.filter(pk__in=pks).order_by("pk")


@prepared
def seats(site_pk: int, since: datetime) -> QuerySet[Membership, tuple[int, str]]:
    return Membership.objects.filter(site_id=site_pk, created_at__lte=since).order_by("pk").values_list("pk", "role")


@prepared
def closed(first: date, last: date) -> QuerySet[Closure]:
    return Closure.objects.filter(closed_on__gte=first, closed_on__lte=last).order_by("pk")


@prepared
def site_of(uid: uuid.UUID) -> QuerySet[Site]:
    return Site.objects.filter(uid=uid)


@prepared
def locked_site(pk: int) -> QuerySet[Site]:
    return Site.objects.select_for_update().filter(pk=pk)


def test_each_call_has_its_own_values(riverside, hillcrest):
    for site in (riverside, hillcrest, riverside):
        found = chairs_at(site.pk, "")
        assert found
        assert found == list(Chair.objects.filter(site=site).order_by("pk"))
        assert {chair.site.name for chair in found} == {site.name}
    assert chairs_at(riverside.pk, names="zzz") == []


def test_a_list_may_have_any_length(riverside):
    pks = sorted(User.objects.values_list("pk", flat=True))
    for some in ([], pks[:1], pks):
        assert [person.pk for person in people(some)] == some


def test_moments_days_and_keys_reach_the_database_as_such(riverside):
    ClosureFactory(site=riverside, closed_on=TODAY)
    assert seats(riverside.pk, NOW + timedelta(days=1)) == list(Membership.objects.filter(site=riverside).order_by("pk").values_list("pk", "role"))
    assert seats(riverside.pk, NOW - timedelta(days=9999)) == []
    assert [row.closed_on for row in closed(TODAY, TODAY)] == [TODAY]
    assert closed(TODAY + timedelta(days=1), TODAY + timedelta(days=2)) == []
    assert site_of(riverside.uid) == [riverside]
    assert site_of(uuid.uuid4()) == []
    assert calendar_of(riverside, TODAY, TODAY).closed == {TODAY}


def test_first_takes_one_or_none(riverside):
    assert site_of.first(riverside.uid) == riverside
    assert site_of.first(uuid.uuid4()) is None


@pytest.mark.parametrize("pk", [2**63, -(2**64), 10**30])
def test_a_number_that_no_column_holds_finds_nothing(riverside, pk):
    assert chairs_at(pk, "") == []


def test_none_is_no_value(riverside):
    with pytest.raises(ValueError, match="site_pk is None"):
        chairs_at(None, "")


@pytest.mark.django_db(transaction=True)
def test_a_lock_needs_a_transaction(riverside):
    assert not connection.in_atomic_block
    with pytest.raises(TransactionManagementError):
        locked_site(riverside.pk)


def test_a_lock_inside_of_a_transaction(riverside):
    assert locked_site(riverside.pk) == [riverside]


def test_the_sql_is_written_once_and_one_query_asked(riverside, django_assert_num_queries):
    chairs_at(riverside.pk, "")
    with patch.object(SQLCompiler, "as_sql", side_effect=AssertionError("written again")), django_assert_num_queries(1):
        assert chairs_at(riverside.pk, "")


@prepared
def seats_of_last_day(now: datetime) -> QuerySet[Membership]:
    return Membership.objects.filter(created_at__gt=now - timedelta(days=1), created_at__lte=now + timedelta(hours=1)).order_by("pk")


def test_a_moment_may_be_moved_by_a_length_of_time(riverside):
    made_at = riverside.memberships.order_by("pk")[0].created_at
    assert set(riverside.memberships.all()) <= set(seats_of_last_day(made_at + timedelta(hours=23)))
    assert seats_of_last_day(made_at + timedelta(hours=25)) == []
    assert seats_of_last_day(made_at - timedelta(hours=2)) == []
