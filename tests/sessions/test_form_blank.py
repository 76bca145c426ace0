"""Official blanks: upload, guess, map, replace; what is no PDF is refused kindly (PMF-7)."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from clinic.models import AuditEntry
from sessions.actions.form_blanks import keep_blank
from sessions.forms.blank_map import guessed
from sessions.models import FormBlank
from sessions.papers.official import fields_of, keys_of
from tests.cast import NOW
from tests.factories.pdf import blank_pdf

BLANKS = "/riverside/filing/blanks/"
CODE = "PMF-2025-01"


def upload(client, content: bytes, code: str = CODE):
    return client.post(BLANKS, {"definition_code": code, "file": SimpleUploadedFile("pmf.pdf", content)})


@pytest.fixture
def blank(cast) -> FormBlank:
    return keep_blank(cast.riverside, definition_code=CODE, file_name="pmf.pdf", content=blank_pdf(), by=cast.admin, now=NOW)


def test_upload_leads_to_the_map(cast, sign_in):
    client = sign_in(cast.admin)
    answer = upload(client, blank_pdf())
    found = FormBlank.objects.get()
    assert (answer.status_code, answer["Location"]) == (303, reverse("form_map", args=["riverside", found.pk]))
    assert AuditEntry.objects.filter(action="form_blank.kept").exists()
    text = client.get(answer["Location"]).content.decode()
    assert "guesses by name" in text
    assert 'value="sedation=yes"' in text
    assert "Not mapped yet" in client.get(BLANKS).content.decode()


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "empty"),
        (b"<html>", "no PDF"),
        (b"%PDF-1.4 broken", "can&#x27;t be read"),
        (b"%PDF-" + b"0" * 5 * 1024 * 1024, "too large"),
        (blank_pdf(texts=(), boxes=()), "no fields"),
    ],
)
def test_what_is_refused(cast, sign_in, content, says):
    answer = upload(sign_in(cast.admin), content)
    assert answer.status_code == 422
    assert says in answer.content.decode()
    assert not FormBlank.objects.exists()


def test_an_unknown_version(cast, sign_in):
    assert upload(sign_in(cast.admin), blank_pdf(), "PMF-1999").status_code == 422


def test_mapping_puts_it_in_use_and_replaces_the_older(cast, sign_in, blank):
    client = sign_in(cast.admin)
    older = keep_blank(cast.riverside, definition_code=CODE, file_name="old.pdf", content=blank_pdf(), by=cast.admin, now=NOW)
    for row in (older, blank):
        assert (
            client.post(reverse("form_map", args=["riverside", row.pk]), {"pdf_0": "patient_first_name", "pdf_5": " sedation=yes "}).status_code
            == 303
        )
    older.refresh_from_db()
    blank.refresh_from_db()
    assert (older.is_active, blank.is_active, blank.field_map) == (False, True, {"First Name": "patient_first_name", "sedation_yes": "sedation=yes"})
    assert "In use" in client.get(BLANKS).content.decode()


@pytest.mark.parametrize("value", ["nobody", "sedation=perhaps", "x" * 81, "\x00"])
def test_an_unknown_answer_is_refused(cast, sign_in, blank, value):
    answer = sign_in(cast.admin).post(reverse("form_map", args=["riverside", blank.pk]), {"pdf_0": value})
    assert answer.status_code == 422
    blank.refresh_from_db()
    assert blank.field_map == {}


def test_guesses_go_by_likeness_and_kind():
    from sessions import definitions

    found = guessed(fields_of(blank_pdf()), keys_of(definitions.of_code(CODE)))
    assert (found["First Name"], found["Last Name"], found["sedation_no"], found["Benzodiazepines No"]) == (
        "patient_first_name", "patient_last_name", "sedation=no", "benzodiazepines=no",
    )  # fmt: skip


@pytest.mark.parametrize(("person", "status"), [("admin", 200), ("nurse", 403), ("desk", 403), ("stranger", 404)])
def test_who_may(cast, sign_in, blank, person, status):
    client = sign_in(cast.person(person))
    assert client.get(BLANKS).status_code == status
    assert client.get(reverse("form_map", args=["riverside", blank.pk])).status_code == status


def test_another_sites_blank(cast, sign_in):
    theirs = keep_blank(cast.hillcrest, definition_code=CODE, file_name="pmf.pdf", content=blank_pdf(), by=cast.stranger, now=NOW)
    assert sign_in(cast.admin).get(reverse("form_map", args=["riverside", theirs.pk])).status_code == 404
    assert sign_in(cast.admin).post(reverse("form_map", args=["riverside", theirs.pk]), {"pdf_0": "dose"}).status_code == 404
    theirs.refresh_from_db()
    assert theirs.field_map == {}


def test_signed_out(cast, client, blank):
    assert client.get(BLANKS).status_code == 302
    assert client.post(reverse("form_map", args=["riverside", blank.pk])).status_code == 302


def test_an_empty_map_leaves_the_working_blank_in_use(cast, sign_in, blank):
    client, url = sign_in(cast.admin), reverse("form_map", args=["riverside", blank.pk])
    assert client.post(url, {"pdf_0": "patient_first_name"}).status_code == 303
    newer = keep_blank(cast.riverside, definition_code=CODE, file_name="new.pdf", content=blank_pdf(), by=cast.admin, now=NOW)
    answer = client.post(reverse("form_map", args=["riverside", newer.pk]), {"pdf_0": " "})
    assert answer.status_code == 422
    assert "at least one answer" in answer.content.decode()
    blank.refresh_from_db()
    assert (blank.is_active, blank.field_map) == (True, {"First Name": "patient_first_name"})


def test_a_version_that_was_removed(cast, sign_in, blank):
    FormBlank.objects.update(definition_code="PMF-1999")
    client, url = sign_in(cast.admin), reverse("form_map", args=["riverside", blank.pk])
    for answer in (client.get(url), client.post(url, {"pdf_0": "patient_first_name"})):
        assert answer.status_code == 422
        assert "installed here any more" in answer.content.decode()
