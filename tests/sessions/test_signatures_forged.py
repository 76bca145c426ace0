"""A signature holds for its own record as it was signed: moved, or its content changed by any hand, the flowsheet, the record, the binder and the command say so."""

import io
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from clinic import guards
from clinic.models import Signature
from clinic.seals import reads_as_made
from clinic.signatures import IdentityProof, broken, intact, sign
from reports.queries.binder.papers import papers_of
from sessions import signed_content
from sessions.models import Discharge, Observation
from tests.cast import NOW, Cast
from tests.factories import forms


def sql(text: str, *values: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(text, values)


def mine(discharge: Discharge) -> Any:
    return Signature.objects.filter(target_kind="discharge", target_pk=discharge.pk)


def signed(cast: Cast) -> Discharge:
    discharge: Discharge = forms.finished_session(cast).discharge
    again(cast, discharge, discharge.recorded_at)
    return discharge


def again(cast: Cast, discharge: Discharge, now: datetime) -> int:
    told = {"meaning": "discharge", "target_kind": "discharge", "target_pk": discharge.pk, "schema": signed_content.SCHEMA}
    return sign(site=cast.riverside, membership=cast.of(cast.nurse), proof=IdentityProof(cast.nurse, "password"), now=now, **told).pk


FORGERIES: dict[str, Callable[[Discharge, Discharge], object]] = {
    "the ORM": lambda one, other: Observation.objects.filter(session=one.session).update(systolic=99),
    "SQL": lambda one, other: sql("UPDATE treatment_sessions_observation SET systolic = 99 WHERE session_id = %s", one.session_id),
    "a fact dropped": lambda one, other: sql("DELETE FROM treatment_sessions_observation WHERE id = %s", one.session.observations.last().pk),
    "moved here": lambda one, other: (mine(one).delete(), mine(other).update(target_pk=one.pk)),
    "another version": lambda one, other: mine(one).update(content_schema=99),
    "another name": lambda one, other: sql("UPDATE clinic_signature SET printed_name = 'Nobody' WHERE id = %s", mine(one).get().pk),
}
# One of each column that is sealed; the ones of a foreign key as another row's.
OTHERS: dict[str, Callable[[Cast], object]] = {
    "site_id": lambda cast: cast.hillcrest.pk, "signer_id": lambda cast: cast.prescriber.pk, "printed_name": lambda cast: "Nora Nurse ",
    "credential": lambda cast: "md", "role": lambda cast: "prescriber", "meaning": lambda cast: "review",
    "signed_at": lambda cast: NOW - timedelta(microseconds=1), "confirmed_by": lambda cast: "passkey", "target_kind": lambda cast: "addendum",
    "target_pk": lambda cast: 10**6, "content_schema": lambda cast: 1_000, "content_sha256": lambda cast: "0" * 64,
    "seal_sha256": lambda cast: "0" * 64, "seal_schema": lambda cast: 3,
}  # fmt: skip


@pytest.mark.parametrize("how", FORGERIES)
def test_a_forged_signature_is_told_wherever_it_is_shown(cast: Cast, sign_in: Any, how: str) -> None:
    one, other = signed(cast), signed(cast)
    client, sheet = sign_in(cast.nurse), f"/riverside/sessions/{one.session_id}/"
    said = "no longer reads as it was signed"
    assert [said in client.get(url).text for url in (f"{sheet}?step=leave", f"{sheet}record/")] == [False, False]
    with guards.lifted():
        FORGERIES[how](one, other)
    signature = mine(one).get()
    assert intact([signature]) == set()
    assert [said in client.get(url).text for url in (f"{sheet}?step=leave", f"{sheet}record/")] == [True, True]
    with pytest.raises(CommandError, match="1 of"):
        call_command("verify_signatures", stdout=io.StringIO())
    papers = papers_of(cast.riverside, [one.session])[one.session_id]
    assert [bool(row.broken) for row in papers.signed if row.signature.pk == signature.pk] == [True]


def test_each_field_of_a_signature_is_sealed(cast: Cast) -> None:
    """Changed by SQL one at a time and put right again; the seal alone finds it, whatever the content says."""
    signature = mine(signed(cast)).get()
    assert set(OTHERS) == {field.attname for field in Signature._meta.concrete_fields} - {"id"}
    assert reads_as_made([signature]) == {signature.pk}
    with guards.lifted():
        for column, other in OTHERS.items():
            was = getattr(signature, column)
            sql(f"UPDATE clinic_signature SET {column} = %s WHERE id = %s", other(cast), signature.pk)
            assert reads_as_made(Signature.objects.filter(pk=signature.pk)) == set(), column
            assert [found.signature.pk for found in broken(Signature.objects.filter(pk=signature.pk))] == [signature.pk], column
            Signature.objects.filter(pk=signature.pk).update(**{column: was})
    assert broken_now() == []


def broken_now() -> list[int]:
    return [found.signature.pk for found in broken(Signature.objects.all())]


def unsealed(**where: object) -> None:
    Signature.objects.filter(**where).update(seal_schema=1, seal_sha256="")


def test_signatures_from_before_the_seal_hold_and_no_later_one_loses_its_own(cast: Cast) -> None:
    """For a day the last release may still sign without one beside this; afterwards a row without a seal was robbed of it."""
    discharge = signed(cast)
    with guards.lifted():
        unsealed()
        assert broken_now() == []
        _, beside, _, robbed = (again(cast, discharge, NOW + timedelta(days=days)) for days in (0, 0.9, 2, 3))
        unsealed(pk=beside)
        assert broken_now() == []
        unsealed(pk=robbed)
        Signature.objects.filter(pk=robbed).update(printed_name="Nobody", signed_at=NOW - timedelta(days=9))
    assert broken_now() == [robbed]
