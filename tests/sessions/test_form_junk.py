"""Junk on every form of this part never gives a 500."""

import uuid

from django.core.files.uploadedfile import SimpleUploadedFile

from sessions.queries.form_page import definition_of
from tests.factories import forms as made
from tests.sessions.test_form import url

JUNK = [
    "\x00",
    "a" * 20_000,
    "\u202eright to left",
    "😀" * 50,
    "9" * 500,
    "-1",
    "1e309",
    "2026-02-31",
    "0000-00-00",
    "'; DROP TABLE--",
    "<script>",
    "\ud83d".encode("utf-8", "replace").decode(),
    "NaN",
    "\r\n",
]


def test_confirm(cast, sign_in):
    form, client = made.owed(cast), sign_in(cast.nurse)
    for junk in JUNK:
        fields = {f"f_{spec.id}": junk for spec in definition_of(form).fields}
        answer = client.post(url("form_confirm", form.pk), fields | {"client_key": junk, "password": junk, "checked_0": junk})
        assert answer.status_code == 422, junk


def test_send_prove_fail_amend(cast, sign_in):
    sent, complete = made.sent(cast).form, made.confirmed(cast)
    client = sign_in(cast.nurse)
    for junk in JUNK:
        key = str(uuid.uuid4())
        posts = [
            (complete, "form_send", {"method": junk, "sent_at": junk, "client_key": junk}),
            (complete, "form_send", {"method": "fax", "sent_at": junk, "client_key": key}),
            (sent, "form_prove", {"prove-proof": "", "prove-file": SimpleUploadedFile(junk[:50] or "x", junk.encode())}),
            (sent, "form_fail", {"fail-failure": junk[:1]}),
            (sent, "form_prove", {"prove-proof": junk}),
            (complete, "form_amend", {"amend-reason": junk, "amend-client_key": key}),
        ]
        for form, name, data in posts:
            assert client.post(url(name, form.pk), data).status_code in (303, 422), (name, junk)


def test_addresses(cast, sign_in):
    client = sign_in(cast.nurse)
    for junk in JUNK:
        assert client.get("/riverside/filing/", {"state": junk, "page": junk}).status_code == 200
    assert client.get("/riverside/forms/99999999999999999999999/").status_code == 404
