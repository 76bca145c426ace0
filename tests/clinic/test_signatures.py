"""Signatures: identity confirmed again, bound to the content, found out when the content is changed afterwards."""

import io
from collections.abc import Collection, Iterator

import pytest
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.test.utils import CaptureQueriesContext

from clinic import registry, signatures
from clinic.findings import Refused
from clinic.models import Chair, Signature, User
from tests.cast import NOW, Cast
from tests.factories.clinic import PASSWORD

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
        site=cast.riverside, membership=cast.of(cast.nurse), proof=signatures.confirm_identity(cast.nurse, PASSWORD),
        meaning=Signature.Meaning.REVIEW, target_kind=KIND, target_pk=chair.pk, schema=schema, now=NOW,
    )  # fmt: skip


def test_a_signature_says_who_in_what_standing_when_and_what_it_means(cast: Cast) -> None:
    mark = signed(cast, cast.chairs[0])
    assert (mark.printed_name, mark.credential, mark.role, mark.meaning, mark.signed_at) == ("Nora Nurse", "rn", "monitor", "review", NOW)
    assert mark.content_sha256 == signatures.content_digest("chair Chair 1")
    assert mark.confirmed_by == "password"
    assert signatures.is_intact(mark)


@pytest.mark.parametrize("password", ["", "wrong", PASSWORD.upper()])
def test_a_wrong_password_signs_nothing(cast: Cast, password: str) -> None:
    with pytest.raises(Refused, match="not your password") as refusal:
        signatures.confirm_identity(cast.nurse, password)
    assert [finding.code for finding in refusal.value.findings] == ["OUT-2.identity"]


def test_nobody_guesses_on_and_on(cast: Cast) -> None:
    for _ in range(signatures.MOST_TRIES):
        with pytest.raises(Refused, match="not your password"):
            signatures.confirm_identity(cast.nurse, "wrong")
    with pytest.raises(Refused, match="Wait five minutes"):
        signatures.confirm_identity(cast.nurse, PASSWORD)
    assert signatures.confirm_identity(cast.prescriber, PASSWORD).user == cast.prescriber


def test_posts_at_the_same_moment_have_no_more_tries(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    looked_at = []

    def slow(user: User, password: str) -> bool:
        looked_at.append(password)  # and while this one is hashed the next one comes
        with pytest.raises(Refused):
            signatures.confirm_identity(user, "wrong")
        return False

    monkeypatch.setattr(User, "check_password", slow)
    with pytest.raises(Refused):
        signatures.confirm_identity(cast.nurse, "wrong")
    assert len(looked_at) == signatures.MOST_TRIES


def test_right_passwords_use_up_no_try_and_a_flood_elsewhere_gives_none_back(cast: Cast) -> None:
    for _ in range(signatures.MOST_TRIES + 1):
        signatures.confirm_identity(cast.nurse, PASSWORD)
    for _ in range(signatures.MOST_TRIES):
        with pytest.raises(Refused):
            signatures.confirm_identity(cast.nurse, "wrong")
    for number in range(320):
        cache.set(f"sign-in-of-nobody-{number}", 1)
    with pytest.raises(Refused, match="Wait five minutes"):
        signatures.confirm_identity(cast.nurse, PASSWORD)


def test_somebody_who_was_disabled_cannot_sign(cast: Cast) -> None:
    cast.nurse.is_active = False
    with pytest.raises(Refused):
        signatures.confirm_identity(cast.nurse, PASSWORD)


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
