"""A site's own words for a kind of message: each change is a new version; the shipped ones can stand again (MSG-4)."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from clinic import audit
from clinic.actions.writing import locked_site, stop_on
from clinic.findings import refuse
from clinic.models import Site, User
from reminders.models import Wording
from reminders.queries.wordings import shipped, words_for
from reminders.rules.kinds import Kind
from reminders.samples import LANGUAGES, PARTS, wording_findings


@transaction.atomic
def write_wording(
    site: Site, *, kind: Kind, words: Mapping[str, Mapping[str, str]], by: User, now: datetime, from_at: datetime | None = None
) -> list[Wording]:
    """New versions for the languages whose words differ from what would be in force then, from now on or from `from_at`.

    `words` has subject, body and text for each language. Raises Refused for what the linter finds (MSG-1, MSG-2, MSG-4), for a
    moment that has passed, and when nothing differs.
    """
    row, begin = locked_site(site), from_at or now
    if begin < now:
        raise refuse("MSG-4", "This moment has passed. Leave it empty for at once.", field="from_at")
    stop_on([finding for language in LANGUAGES for finding in wording_findings(row, kind, language, words[language])])
    made = []
    for language in LANGUAGES:
        before = words_for(row.pk, kind, language, begin)
        if any(words[language][part] != getattr(before, part) for part in PARTS):
            made.append(add(row, kind, language, by=by, now=now, effective_at=begin, **{part: words[language][part] for part in PARTS}))
    if not made:
        raise refuse("MSG-4", "Nothing differs from what is in force then.")
    return made


@transaction.atomic
def ship_again(site: Site, *, kind: Kind, by: User, now: datetime) -> list[Wording]:
    """The words that Vigil brings stand again, at once, in both languages; where they stand already nothing is written."""
    row = locked_site(site)
    own = [language for language in LANGUAGES if words_for(row.pk, kind, language, now) != shipped(kind, language)]
    return [add(row, kind, language, by=by, now=now, effective_at=now, is_shipped=True) for language in own]


def add(site: Site, kind: Kind, language: str, *, by: User, now: datetime, **fields: object) -> Wording:
    last = Wording.objects.filter(site=site, kind=kind, language=language).order_by("-version").first()
    row = Wording.objects.create(
        site=site, kind=kind, language=language, version=last.version + 1 if last else 1, recorded_at=now, recorded_by=by, **fields
    )
    action = "wording.shipped" if row.is_shipped else "wording.written"
    changes = {"kind": row.kind, "language": language, "version": row.version, "effective_at": row.effective_at}
    audit.record(action=action, target=row, by=by, now=now, site=site, changes=changes)
    return row
