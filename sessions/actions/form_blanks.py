"""An official blank of the site and the map of its fields (PMF-7)."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from clinic import audit
from clinic.actions.attachments import keep_file
from clinic.findings import refuse
from clinic.models import Site, User
from sessions import definitions
from sessions.models import FormBlank
from sessions.papers.official import fields_of, keys_of
from sessions.rules.definition import Definition

PDF = ("application/pdf",)


def keep_blank(site: Site, *, definition_code: str, file_name: str, content: bytes, by: User, now: datetime) -> FormBlank:
    """Store a blank for one version; it is used once its fields are mapped. The PDF is read before the transaction begins.

    Raises Refused for a file that is no PDF, can't be read, or has no fields.
    """
    if not content.startswith(b"%PDF-"):
        raise refuse("PMF-7", "That is no PDF. Choose the official form as a PDF.", code="PMF-7.type", field="file")
    fields_of(content)
    return stored(site, definition_code=definition_code, file_name=file_name, content=content, by=by, now=now)


@transaction.atomic
def stored(site: Site, *, definition_code: str, file_name: str, content: bytes, by: User, now: datetime) -> FormBlank:
    file = keep_file(site, target=site, file_name=file_name, content=content, by=by, now=now, types=PDF)
    blank = FormBlank.objects.create(site=site, definition_code=definition_code, attachment=file, uploaded_at=now, uploaded_by=by)
    audit.record(action="form_blank.kept", target=blank, by=by, now=now, site=site, changes={"definition": definition_code, "sha256": file.sha256})
    return blank


def definition_of(blank: FormBlank) -> Definition:
    """The version that a blank belongs to. Raises Refused when its file was removed since."""
    try:
        return definitions.of_code(blank.definition_code)
    except LookupError as error:
        text = f"The form version {blank.definition_code} isn't installed here any more."
        raise refuse("PMF-4", text, code="PMF-4.gone") from error


@transaction.atomic
def map_blank(blank: FormBlank, *, field_map: Mapping[str, str], by: User, now: datetime) -> FormBlank:
    """Say which answer fills which field of the PDF; from then on this blank is the one in use for its version.

    Raises Refused for an answer that the version doesn't have, for a map without any answer (the blank in use then stays in
    use), and when the version isn't installed here any more.
    """
    row = FormBlank.objects.select_for_update(of=("self",)).select_related("site").get(pk=blank.pk)
    known = {key for key, _ in keys_of(definition_of(row))}
    wanted = {name: key.strip() for name, key in field_map.items() if key.strip()}
    wrong = sorted({key for key in wanted.values() if key not in known})
    if wrong:
        raise refuse("PMF-7", f"The form has no answer called {', '.join(wrong)[:150]}.", code="PMF-7.key")
    if not wanted:
        raise refuse("PMF-7", "Name at least one answer. The blank in use stays in use.", code="PMF-7.empty")
    FormBlank.objects.filter(site=row.site, definition_code=row.definition_code).exclude(pk=row.pk).update(is_active=False)
    row.field_map, row.is_active = wanted, True
    row.save(update_fields=["field_map", "is_active"])
    audit.record(action="form_blank.mapped", target=row, by=by, now=now, site=row.site, changes={"fields": len(wanted)})
    return row
