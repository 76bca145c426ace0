"""The review of the audit trail: signed up to an entry, bound to the chain, and what is left says so; kinds of acts as a filter."""

import io
import uuid
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from clinic import audit, guards
from clinic.audit import Act
from clinic.models import AuditEntry, AuditReview, Signature
from clinic.queries.reviews import unreviewed
from clinic.signatures import is_intact
from tests.cast import NOW, Cast
from tests.factories.clinic import PASSWORD

URL = "/riverside/audit/review/"


def acts(*told: tuple[str, int | None]) -> list[Act]:
    return [Act(action=action, target_kind="patient", target_pk="7", by_pk=None, now=NOW, patient_pk=patient) for action, patient in told]


@pytest.fixture
def trail(cast: Cast) -> Cast:
    audit.append_many(
        acts(("record.read", 7), ("patient.edited", 7), ("access.denied", None), ("export.downloaded", 7), ("duty.came", None)), site=cast.riverside
    )
    return cast


def posted(client: Any, **more: object) -> Any:
    return client.post(URL, {"note": "", "password": PASSWORD, "up_to": 4, "client_key": uuid.uuid4(), **more})


def test_a_review_is_signed_up_to_an_entry_and_says_what_is_left(trail: Cast, sign_in: Any) -> None:
    client = sign_in(trail.admin)
    assert "Entries 1 to 5" in client.get(URL).text
    key = uuid.uuid4()
    for _ in range(2):
        assert posted(client, client_key=key, note="Nothing odd").status_code == 303
    review = AuditReview.objects.get()
    assert (review.since_seq, review.up_to_seq, review.note, review.recorded_by) == (1, 4, "Nothing odd", trail.admin)
    signature = Signature.objects.get(target_kind="auditreview")
    assert (signature.meaning, signature.target_pk, is_intact(signature)) == ("review", review.pk, True)
    left = unreviewed(trail.riverside)
    assert (left.since, left.up_to, left.count) == (5, 6, 2)  # the review itself is an entry
    page = client.get(reverse("audit", args=["riverside"])).text
    assert "Reviewed up to entry 4" in page
    assert "2 entries not reviewed" in page
    assert [line.entry.seq for line in client.get("/riverside/audit/", {"kind": "unreviewed"}).context["found"].lines] == [6, 5]


def test_a_review_is_refused_and_nothing_is_written(trail: Cast, sign_in: Any) -> None:
    client = sign_in(trail.admin)
    assert posted(client, password="wrong").status_code == 422
    assert posted(client, up_to=99).status_code == 422
    assert posted(client, up_to="x").status_code == posted(client, client_key="x").status_code == 422
    with guards.lifted():
        AuditEntry.objects.filter(chain=f"site:{trail.riverside.pk}", seq=2).update(body="forged")
    assert "Entry 2 does not hold" in posted(client).text
    assert not AuditReview.objects.exists()
    assert not AuditEntry.objects.filter(action="audit.reviewed").exists()


def test_what_was_signed_for_cannot_be_reviewed_again_nor_rebuilt(trail: Cast, sign_in: Any) -> None:
    client = sign_in(trail.admin)
    posted(client, up_to=5)
    assert "reviewed these entries already" in posted(client).text
    with guards.lifted():
        entry = AuditEntry.objects.get(chain=f"site:{trail.riverside.pk}", seq=5)
        AuditEntry.objects.filter(pk=entry.pk).update(hash=audit.digest("another"))
    with pytest.raises(CommandError, match="1 of 1"):
        call_command("verify_signatures", stdout=io.StringIO())


@pytest.mark.parametrize(
    ("kind", "found"), [("reads", [1]), ("changes", [2]), ("denials", [3]), ("exports", [4]), ("house", [5]), ("", [5, 4, 3, 2, 1])]
)
def test_kinds_of_acts(trail: Cast, sign_in: Any, kind: str, found: list[int]) -> None:
    lines = sign_in(trail.auditor).get("/riverside/audit/", {"kind": kind}).context["found"].lines
    assert [line.entry.seq for line in lines] == found
