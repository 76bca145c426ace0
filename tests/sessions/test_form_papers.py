"""The print, the official PDF filled, the portal companion (PMF-7)."""

from io import BytesIO

import pytest
from pypdf import PdfReader

from clinic.models import AuditEntry
from sessions.actions.form_blanks import keep_blank, map_blank
from sessions.models import MonitoringForm
from sessions.papers.form_print import MARK, drawable, marked
from sessions.papers.official import PdfField, value_for
from tests.cast import NOW
from tests.factories import forms as made
from tests.factories.changing import change
from tests.factories.pdf import blank_pdf
from tests.sessions.test_form import url


def text_of(content: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(BytesIO(content)).pages)


# --- print -----------------------------------------------------------------------------------------------------------
def test_the_print_is_marked_and_in_the_forms_order(cast, sign_in):
    form = made.confirmed(cast)
    answer = sign_in(cast.desk).get(url("form_print", form.pk))
    assert (answer["Content-Type"], answer["Cache-Control"]) == ("application/pdf", "no-store")
    pages = PdfReader(BytesIO(answer.content)).pages
    assert all(MARK in page.extract_text() for page in pages)
    text = text_of(answer.content)
    order = [
        "Patient",
        "Medicines taken",
        "Monitoring provider",
        "Treatment",
        "Vital signs",
        "Sedation",
        "Serious adverse event",
        "Confirmed by Nora Nurse, RN",
    ]
    assert sorted(order, key=text.index) == order
    assert "126/78 mmHg" in text
    entry = AuditEntry.objects.get(action="record.exported")
    assert (entry.patient_pk, entry.actor) == (form.session.patient_id, cast.desk)


def test_the_print_is_the_same_each_time(cast, sign_in):
    client, form = sign_in(cast.desk), made.confirmed(cast)
    assert client.get(url("form_print", form.pk)).content == client.get(url("form_print", form.pk)).content


def test_a_void_print_says_so(cast, sign_in):
    form = made.confirmed(cast)
    MonitoringForm.objects.update(status="void")
    assert "VOID" in text_of(sign_in(cast.desk).get(url("form_print", form.pk)).content)


@pytest.mark.parametrize(
    ("text", "drawn"),
    [("Élodie", "Élodie"), ("Łukasz", "Lukasz"), ("Dvořák", "Dvorák"), ("SpO₂ ≤ 93", "SpO2 <= 93"), ("שלום 😀", "???? ?"), ("e\u0301", "e")],
)
def test_letters_that_the_font_lacks_are_never_silently_gone(text, drawn):
    assert drawable(text) == drawn


def test_markup_is_text():
    assert marked("<b>5 & 6</b>\nnext") == "&lt;b&gt;5 &amp; 6&lt;/b&gt;<br/>next"


def test_a_very_long_description_is_printed_whole(cast, sign_in):
    form = made.confirmed(cast)
    change(MonitoringForm.objects.all(), answers=form.answers | {"serious": "yes", "serious_description": "word " * 399 + "end."})
    assert "end." in text_of(sign_in(cast.desk).get(url("form_print", form.pk)).content)


# --- official --------------------------------------------------------------------------------------------------------
FIELD_MAP = {
    "First Name": "patient_first_name", "DOB": "patient_birth_date", "BP 40": "pressure_at_40", "sedation_yes": "sedation=yes", "sedation_no": "sedation=no",
    "Outcome X": "dose=56", "gone": "dose",
}  # fmt: skip


def test_the_official_pdf_is_filled(cast, sign_in):
    form, client = made.confirmed(cast), sign_in(cast.desk)
    assert client.get(url("form_official", form.pk)).status_code == 404
    blank = keep_blank(cast.riverside, definition_code=form.definition_code, file_name="pmf.pdf", content=blank_pdf(), by=cast.admin, now=NOW)
    assert client.get(url("form_official", form.pk)).status_code == 404
    map_blank(blank, field_map=FIELD_MAP, by=cast.admin, now=NOW)
    answer = client.get(url("form_official", form.pk))
    assert (answer.status_code, answer["Cache-Control"]) == (200, "no-store")
    fields = PdfReader(BytesIO(answer.content)).get_fields()
    assert (fields["First Name"]["/V"], fields["DOB"]["/V"], fields["BP 40"]["/V"]) == (form.session.patient.first_name, "03/07/1984", "126/78 mmHg")
    assert (fields["sedation_yes"]["/V"], fields["sedation_no"]["/V"], fields["Outcome X"]["/V"]) == ("/Yes", "/Off", "X")
    assert fields["Last Name"].get("/V", "") == ""


def test_boxes_of_an_answer_with_several_choices():
    box, text = PdfField("b", True, ("/On",)), PdfField("t", False)
    assert value_for(box, "x=a", {"x": ["a", "b"]}, {}) == "/On"
    assert value_for(box, "x=c", {"x": ["a", "b"]}, {}) == "/Off"
    assert value_for(PdfField("b", True), "x=a", {"x": "a"}, {}) == "/Yes"
    assert value_for(text, "x=c", {"x": "a"}, {}) == ""
    assert value_for(text, "x", {"x": "not_obtained"}, {"x": "Not obtained"}) == ""


# --- companion -------------------------------------------------------------------------------------------------------
def test_the_companion_copies_and_ticks(cast, sign_in):
    form = made.confirmed(cast)
    text = sign_in(cast.desk).get(url("form_companion", form.pk)).content.decode()
    assert 'data-copy="126/78 mmHg"' in text
    assert text.count('type="checkbox"') == len(form.answers) + text.count("leave empty")


def test_the_portals_own_order(cast, sign_in, monkeypatch):
    from dataclasses import replace

    from sessions import definitions
    from sessions.views import form_papers

    form = made.confirmed(cast)
    definition = definitions.of_code(form.definition_code)
    turned = replace(definition, portal_order=tuple(spec.id for spec in definition.fields)[::-1])
    monkeypatch.setattr(form_papers, "definition_of", lambda form: turned)
    text = sign_in(cast.desk).get(url("form_companion", form.pk)).content.decode()
    assert text.index("Serious adverse event") < text.index("First name")
