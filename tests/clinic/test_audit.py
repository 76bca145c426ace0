"""The audit chain: one entry per act, linked; whatever is changed in it afterwards is found."""

import io
import random
from datetime import UTC, datetime, timedelta, timezone

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clinic import audit, chain, guards
from clinic.audit import Act
from clinic.models import AuditEntry, AuditHead, Site
from tests.cast import NOW, Cast
from tests.factories.patients import PatientFactory

LENGTH = 60
# A busy machine makes no law untrue.
LAW = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def acts(count: int, by_pk: int | None = None) -> list[Act]:
    return [
        Act(action="site.tested", target_kind="site", target_pk=str(n), by_pk=by_pk, now=NOW + timedelta(seconds=n), patient_pk=n or None, changes={"n": n, "é": "ü\n"})
        for n in range(count)
    ]  # fmt: skip


@pytest.fixture
def site(cast: Cast) -> Site:
    audit.append_many(acts(LENGTH, cast.nurse.pk), site=cast.riverside)
    return cast.riverside


def name_of(site: Site) -> str:
    return f"site:{site.pk}"


def verdict(site: Site) -> chain.Verdict:
    return chain.verified(name_of(site))


def entries(site: Site):  # type: ignore[no-untyped-def]
    return AuditEntry.objects.filter(chain=name_of(site)).order_by("seq")


# --- appending -------------------------------------------------------------------------------------------------------
def test_an_act_is_recorded_with_who_what_which_and_when(cast: Cast) -> None:
    patient = PatientFactory(site=cast.riverside)
    entry = audit.record(
        action="patient.edited",
        target=patient,
        by=cast.desk,
        now=NOW,
        site=cast.riverside,
        patient_pk=patient.pk,
        changes={"phone": ["1", "2"], "at": NOW, "by": cast.desk},
    )
    assert entry.body.splitlines() == [
        "vigil-audit 1", f"chain site:{cast.riverside.pk}", "seq 1", "prev ", "at 2026-06-10T14:00:00+00:00", f"actor {cast.desk.pk}", "action patient.edited",
        f"target patient {patient.pk}", f"patient {patient.pk}",
        'change at "2026-06-10T14:00:00+00:00"', f"change by {cast.desk.pk}", 'change phone ["1", "2"]',
    ]  # fmt: skip
    assert (entry.seq, entry.prev_hash, entry.hash) == (1, "", audit.digest(entry.body))
    assert AuditHead.objects.get(pk=entry.chain).hash == entry.hash


def test_acts_of_a_site_of_an_organisation_and_of_the_house_go_to_their_own_chains(cast: Cast) -> None:
    told = {"action": "house.tested", "target": cast.organisation, "by": None, "now": NOW}
    made = [audit.record(**told, site=cast.riverside), audit.record(**told, organisation=cast.organisation), audit.record(**told)]
    assert [entry.chain for entry in made] == [name_of(cast.riverside), f"org:{cast.organisation.pk}", "house"]
    assert [entry.seq for entry in made] == [1, 1, 1]
    assert all(chain.verified(name).is_whole for name in chain.chains())


def test_an_act_that_is_rolled_back_leaves_no_entry(cast: Cast, site: Site) -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        audit.record(action="site.tested", target=site, by=cast.nurse, now=NOW, site=site)
        1 / 0  # noqa: B018
    assert entries(site).count() == LENGTH
    assert verdict(site).is_whole


def test_appending_many_gives_the_chain_that_one_by_one_gives(cast: Cast) -> None:
    assert audit.append_many(acts(30), site=cast.riverside) == 30
    for act in acts(30):
        audit.append(
            action=act.action, target_kind=act.target_kind, target_pk=act.target_pk, by=None, now=act.now,
            site=cast.hillcrest, patient_pk=act.patient_pk, changes=act.changes,
        )  # fmt: skip
    here, there = (list(entries(site)) for site in (cast.riverside, cast.hillcrest))
    assert audit.canonical(here[0], acts(1)[0].changes) == here[0].body
    assert [entry.body.split("\n", 4)[4] for entry in here] == [entry.body.split("\n", 4)[4] for entry in there]
    assert verdict(cast.riverside) == chain.Verdict(name_of(cast.riverside), 30)
    assert verdict(cast.hillcrest).is_whole


def test_appending_many_continues_a_chain_and_appending_none_leaves_it(cast: Cast, site: Site) -> None:
    assert audit.append_many([], site=site) == 0
    audit.append_many(acts(5), site=site)
    audit.record(action="site.tested", target=site, by=cast.nurse, now=NOW, site=site)
    assert verdict(site) == chain.Verdict(name_of(site), LENGTH + 6)


def test_a_read_is_noted_once_per_person_record_and_quarter_of_an_hour(cast: Cast) -> None:
    patient = PatientFactory(site=cast.riverside)
    for who, minutes in ((cast.nurse, 0), (cast.nurse, 14), (cast.desk, 14), (cast.nurse, 16)):
        audit.read(target=patient, by=who, now=NOW + timedelta(minutes=minutes), site=cast.riverside, patient_pk=patient.pk)
    reads = AuditEntry.objects.filter(action="record.read", patient_pk=patient.pk).order_by("seq").values_list("actor", "happened_at")
    assert list(reads) == [(cast.nurse.pk, NOW), (cast.desk.pk, NOW + timedelta(minutes=14)), (cast.nurse.pk, NOW + timedelta(minutes=16))]


@LAW
@given(st.datetimes(timezones=st.sampled_from([UTC, timezone(timedelta(hours=5, minutes=45))])), st.text(), st.integers(), st.lists(st.text()))
def test_a_moment_reads_the_same_in_every_zone_and_values_break_no_line(at: datetime, words: str, number: int, several: list[str]) -> None:
    act = Act(action="a.b", target_kind="site", target_pk="1", by_pk=None, now=at, changes={"words": words, "number": number, "several": several})
    entry = audit.linked(act, chain="house", site=None, seq=1, prev_hash="")
    assert f"at {at.astimezone(UTC).isoformat()}" in entry.body.splitlines()
    assert entry.body.isascii()
    assert len(entry.body.split("\n")) == 12


# --- finding what was forged -----------------------------------------------------------------------------------------
def flip(site: Site, column: str, seq: int) -> None:
    entry = entries(site).get(seq=seq)
    value = getattr(entry, column)
    place = random.Random(seq).randrange(len(value))
    other = "x" if value[place] != "x" else "y"
    entries(site).filter(seq=seq).update(**{column: value[:place] + other + value[place + 1 :]})


def drop(site: Site, seq: int) -> None:
    entries(site).filter(seq=seq).delete()


def rehash(site: Site, seq: int) -> None:
    """A careful forger: the text and its own hash agree again."""
    entry = entries(site).get(seq=seq)
    body = entry.body.replace("site.tested", "site.nothing")
    entries(site).filter(seq=seq).update(body=body, action="site.nothing", hash=audit.digest(body))


def test_an_entry_with_a_fitting_hash_is_found_at_the_next_one(site: Site) -> None:
    with guards.lifted():
        rehash(site, 30)
    assert (verdict(site).broken_seq, verdict(site).reason) == (31, "it does not continue the entry before it")


def test_the_last_entry_is_bound_by_the_head(site: Site) -> None:
    for forge in (rehash, drop):
        with transaction.atomic():
            with guards.lifted():
                forge(site, LENGTH)
            assert not verdict(site).is_whole
            connection.check_constraints()
            transaction.set_rollback(True)
    assert verdict(site).is_whole


def test_a_missing_head_and_a_head_without_entries_are_found(cast: Cast, site: Site) -> None:
    with guards.lifted():
        AuditHead.objects.filter(pk=name_of(site)).delete()
    assert verdict(site).reason == "the chain's head is missing"
    AuditHead.objects.create(chain=name_of(cast.hillcrest), seq=3, hash="0" * 64)
    assert verdict(cast.hillcrest).broken_seq == 1
    assert chain.chains() == sorted([name_of(site), name_of(cast.hillcrest)])


@LAW
@given(seq=st.integers(1, LENGTH), byte=st.integers(0, 10**6), other=st.characters(codec="ascii"))
def test_no_single_character_can_be_changed(seq: int, byte: int, other: str) -> None:
    """Over the pure part: the law holds for every place in the text."""
    made, prev = [], ""
    for number, act in enumerate(acts(LENGTH), start=1):
        made.append(audit.linked(act, chain="house", site=None, seq=number, prev_hash=prev))
        prev = made[-1].hash
    body, place = made[seq - 1].body, byte % len(made[seq - 1].body)
    made[seq - 1].body = body[:place] + other + body[place + 1 :]
    faults = [
        chain.fault(entry, number, before) for number, (entry, before) in enumerate(zip(made, ["", *(e.hash for e in made)], strict=False), start=1)
    ]
    assert bool(faults[seq - 1]) == (body[place] != other)


# --- the command -----------------------------------------------------------------------------------------------------
def test_the_command_counts_what_holds(site: Site) -> None:
    said = io.StringIO()
    call_command("verify_audit", stdout=said)
    assert said.getvalue().splitlines() == [f"site:{site.pk}: {LENGTH} entries hold", f"{LENGTH} entries in 1 chains: all hold."]


def test_the_command_names_the_first_broken_entry_and_fails(cast: Cast, site: Site) -> None:
    audit.append_many(acts(3), site=cast.hillcrest)
    with guards.lifted():
        flip(site, "body", 20)
    said = io.StringIO()
    with pytest.raises(CommandError, match="broken in 1 of 2 chains") as failure:
        call_command("verify_audit", stdout=said)
    assert failure.value.returncode == 1
    assert f"site:{site.pk}: BROKEN at entry 20: its text was changed" in said.getvalue()
    call_command("verify_audit", site="hillcrest", stdout=said)
    with pytest.raises(CommandError):
        call_command("verify_audit", site="riverside", stdout=said)
    with pytest.raises(CommandError, match="no site 'nowhere'"):
        call_command("verify_audit", site="nowhere", stdout=said)
