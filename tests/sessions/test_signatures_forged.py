"""A signature holds for its own record as it was signed: moved, or its content changed by any hand, the flowsheet, the record, the binder and the command say so."""

import io
from collections.abc import Callable
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from clinic import guards
from clinic.models import Signature
from clinic.signatures import IdentityProof, intact, sign
from reports.queries.binder.papers import papers_of
from sessions import signed_content
from sessions.models import Discharge, Observation
from tests.cast import Cast
from tests.factories import forms


def sql(text: str, *values: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(text, values)


def mine(discharge: Discharge) -> Any:
    return Signature.objects.filter(target_kind="discharge", target_pk=discharge.pk)


def signed(cast: Cast) -> Discharge:
    discharge: Discharge = forms.finished_session(cast).discharge
    told = {"meaning": "discharge", "target_kind": "discharge", "target_pk": discharge.pk, "schema": signed_content.SCHEMA}
    sign(site=cast.riverside, membership=cast.of(cast.nurse), proof=IdentityProof(cast.nurse, "password"), now=discharge.recorded_at, **told)
    return discharge


FORGERIES: dict[str, Callable[[Discharge, Discharge], object]] = {
    "the ORM": lambda one, other: Observation.objects.filter(session=one.session).update(systolic=99),
    "SQL": lambda one, other: sql("UPDATE treatment_sessions_observation SET systolic = 99 WHERE session_id = %s", one.session_id),
    "a fact dropped": lambda one, other: sql("DELETE FROM treatment_sessions_observation WHERE id = %s", one.session.observations.last().pk),
    "moved here": lambda one, other: (mine(one).delete(), mine(other).update(target_pk=one.pk)),
    "another version": lambda one, other: mine(one).update(content_schema=99),
}


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
