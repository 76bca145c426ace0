"""The fields of an official blank, and the blank filled by the site's map (PMF-7)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from io import BytesIO

from clinic.findings import refuse
from sessions.rules.definition import Definition
from sessions.rules.form import Answers
from sessions.rules.proposals import NOT_OBTAINED


@dataclass(frozen=True)
class PdfField:
    """One field of the PDF; `states` are a button's values but "/Off"."""

    name: str
    is_button: bool
    states: tuple[str, ...] = ()


def fields_of(content: bytes) -> list[PdfField]:
    """The fillable fields, by name. Raises Refused for a file that can't be read, is locked, or has none."""
    from pypdf import PdfReader
    from pypdf.errors import PyPdfError

    try:
        reader = PdfReader(BytesIO(content))
        found = reader.get_fields() or {}
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, RecursionError, OSError) as error:
        raise refuse(
            "PMF-7", "That PDF can't be read. Save it again from the REMS site and try once more.", code="PMF-7.unreadable", field="file"
        ) from error
    fields = [field_of(name, field) for name, field in found.items() if field.get("/FT") in ("/Tx", "/Btn", "/Ch")]
    if not fields:
        raise refuse(
            "PMF-7", "That PDF has no fields to fill in. Use the print as a transcription aid instead.", code="PMF-7.no_fields", field="file"
        )
    return fields


def field_of(name: str, field: Mapping[str, object]) -> PdfField:
    states = field.get("/_States_") or ()
    listed = tuple(str(state) for state in states if str(state) != "/Off") if isinstance(states, Iterable) else ()
    return PdfField(str(name), field.get("/FT") == "/Btn", listed)


def keys_of(definition: Definition) -> list[tuple[str, str]]:
    """What a PDF field can be filled with: a field's answer, or one choice of it that ticks a box (`sedation=yes`)."""
    keys = []
    for spec in definition.fields:
        keys.append((spec.id, spec.label))
        keys += [(f"{spec.id}={choice.value}", f"{spec.label}: {choice.label}") for choice in spec.choices]
    return keys


def filled(content: bytes, *, definition: Definition, answers: Answers, shown: Mapping[str, str], field_map: Mapping[str, str]) -> bytes:
    """The blank with its mapped fields filled. `shown` are the answers as people read them."""
    from pypdf import PdfReader, PdfWriter

    known = {field.name: field for field in fields_of(content)}
    values = {name: value_for(known[name], key, answers, shown) for name, key in field_map.items() if name in known}
    writer = PdfWriter()
    writer.append(PdfReader(BytesIO(content)))
    writer.set_need_appearances_writer(True)
    for page in writer.pages:
        if "/Annots" in page:
            writer.update_page_form_field_values(page, values, auto_regenerate=False)
    out = BytesIO()
    writer.write(out)
    return out.getvalue()


def value_for(field: PdfField, key: str, answers: Answers, shown: Mapping[str, str]) -> str:
    """A text, or the state of a box: on when the answer is the choice of its key."""
    name, _, choice = key.partition("=")
    answer = answers.get(name, "")
    if not choice:
        return "" if answer == NOT_OBTAINED else shown.get(name, "")
    is_on = choice in answer if isinstance(answer, list) else choice == answer
    if field.is_button:
        on = field.states[0] if field.states else "/Yes"
        return on if is_on else "/Off"
    return "X" if is_on else ""
