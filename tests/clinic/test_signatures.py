"""Signatures: bound to the content, found out when the content is changed afterwards."""

import io
from collections.abc import Collection, Iterator

import pytest
from django.core.management import CommandError, call_command
from django.test.utils import CaptureQueriesContext

from clinic import registry, signatures
from clinic.findings import Refused
from clinic.models import Chair, Signature
from tests.cast import NOW, Cast

KIND = "chair_of_a_test"


def text_of(pk: int) -> str:
    return f"chair {Chair.objects.get(pk=pk).name}"


def texts_of(pks: Collection[int]) -> dict[int, str]:
    return {pk: f"chair {name}" for pk, name in Chair.objects.filter(pk__in=pks).values_list("pk", "name")}


@pytest.fixture(autouse=True)
def signable_chairs(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(registry, "_renderers", dict(registry._renderers))
    monkeypatch.setattr(registry, "_batch_renderers", dict(registry._batch_renderers))
    registry.register_renderer(KIND, 1, text_of)
    registry.register_renderer(KIND, 2, text_of, many=texts_of)
    yield


def signed(cast: Cast, chair: Chair, schema: int = 1) -> Signature:
    return signatures.sign(
        site=cast.riverside, membership=cast.of(cast.nurse), proof=signatures.IdentityProof(cast.nurse, "password"),
        meaning=Signature.Meaning.REVIEW, target_kind=KIND, target_pk=chair.pk, schema=schema, now=NOW,
    )  # fmt: skip


def test_a_signature_says_who_in_what_standing_when_and_what_it_means(cast: Cast) -> None:
    mark = signed(cast, cast.chairs[0])
    assert (mark.printed_name, mark.credential, mark.role, mark.meaning, mark.signed_at) == ("Nora Nurse", "rn", "monitor", "review", NOW)
    assert mark.content_sha256 == signatures.content_digest("chair Chair 1")
    assert mark.confirmed_by == "password"
    assert signatures.is_intact(mark)


@pytest.mark.parametrize("who", ["stranger", "former", "desk"])
def test_only_the_member_of_this_site_who_proved_their_identity_signs(cast: Cast, who: str) -> None:
    proof = signatures.IdentityProof(cast.person(who), "password")
    membership = cast.of(cast.nurse) if who == "desk" else cast.of(cast.person(who))
    with pytest.raises(Refused, match="member of this site"):
        signatures.sign(
            site=cast.riverside, membership=membership, proof=proof,
            meaning="review", target_kind=KIND, target_pk=cast.chairs[0].pk, schema=1, now=NOW,
        )  # fmt: skip
    assert not Signature.objects.filter(target_kind=KIND).exists()


@pytest.mark.parametrize("schema", [1, 2])
def test_content_that_was_changed_is_found_by_rendering_it_again(cast: Cast, schema: int) -> None:
    marks = [signed(cast, chair, schema) for chair in cast.chairs]
    assert list(signatures.broken(Signature.objects.all())) == []
    Chair.objects.filter(pk=cast.chairs[2].pk).update(name="Chair of another")
    assert [(found.signature, found.reason) for found in signatures.broken(Signature.objects.all())] == [
        (marks[2], "the content was changed after it was signed")
    ]
    assert [signatures.is_intact(mark) for mark in marks] == [True, True, False, True]


@pytest.mark.parametrize(("kind", "schema", "pk"), [("nothing", 1, 1), (KIND, 9, 1), (KIND, 1, 10**6), (KIND, 2, 10**6)])
def test_what_cannot_be_rendered_does_not_hold(cast: Cast, kind: str, schema: int, pk: int) -> None:
    mark = signed(cast, cast.chairs[0])
    mark.pk, mark.target_kind, mark.content_schema, mark.target_pk = None, kind, schema, pk
    mark.save(force_insert=True)
    assert not signatures.is_intact(mark)
    assert [found.reason for found in signatures.broken(Signature.objects.filter(pk=mark.pk))] == ["what was signed can't be read any more"]


def test_many_signatures_are_verified_by_few_queries(cast: Cast, django_assert_num_queries: CaptureQueriesContext) -> None:
    for chair in cast.chairs:
        signed(cast, chair, schema=2)
    with django_assert_num_queries(2):
        assert list(signatures.broken(Signature.objects.all())) == []


def test_the_command_reports_each_signature_that_does_not_hold(cast: Cast) -> None:
    for chair in cast.chairs:
        signed(cast, chair)
    said = io.StringIO()
    call_command("verify_signatures", stdout=said)
    assert said.getvalue() == "4 signatures: all hold.\n"
    Chair.objects.filter(pk=cast.chairs[0].pk).update(name="Another")
    with pytest.raises(CommandError, match="1 of 4 signatures don't hold"):
        call_command("verify_signatures", site="riverside", stdout=said)
    assert f"of {KIND} {cast.chairs[0].pk}, 2026-06-10T14:00:00+00:00: BROKEN: the content was changed" in said.getvalue()
    call_command("verify_signatures", site="hillcrest", stdout=said)
