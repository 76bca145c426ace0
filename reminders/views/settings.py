"""The settings of messages: how the site sends, and its own words for each kind, with a preview."""

from collections.abc import Mapping

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from clinic import access
from clinic.actions.merging import opened_as
from clinic.findings import Refused
from clinic.forms.base import attempt, show_refusal
from clinic.models import Site
from clinic.roles import Permission
from clinic.views.pages import done, page
from reminders.actions.messaging import change_messaging
from reminders.actions.wordings import ship_again, write_wording
from reminders.models import OutboxMessage, SiteMessaging
from reminders.queries.wordings import history, own_kinds, words_for
from reminders.rules.kinds import WORDED, Kind
from reminders.rules.templates import placeholders_of
from reminders.samples import LANGUAGES, PARTS, preview_of, wording_findings
from reminders.wording_forms import Lines, MessagingForm, WordingForm

MANAGE = Permission.MANAGE_SITE


@require_http_methods(["GET", "HEAD", "POST"])
def message_settings(request: HttpRequest, site: str) -> HttpResponse:
    """How the site sends, and the list of kinds with whose words stand."""
    place = access.site_for(request, site, MANAGE)
    row = SiteMessaging.objects.filter(site=place).first() or SiteMessaging(site=place)
    initial = {name: getattr(row, name) for name in MessagingForm.base_fields if name != "opened"}
    form = MessagingForm(request.POST or None, initial={**initial, "opened": opened_as(row, initial)})
    if request.method == "POST" and attempt(form, change_messaging, site=place, by=request.user, now=request.now):  # type: ignore[attr-defined]
        return done(request, "Saved. It holds for every message from now on.", "message_settings", site)
    own = own_kinds(place.pk, request.now)  # type: ignore[attr-defined]
    kinds = [
        {"code": code, "label": label, "languages": [{"label": name, "own": own.get(f"{code} {language}")} for language, name in LANGUAGES.items()]}
        for code, label in OutboxMessage.Kind.choices
        if code in WORDED
    ]
    return page(request, "reminders/message_settings.html", {"form": form, "kinds": kinds})


@require_http_methods(["GET", "HEAD", "POST"])
def message_wording(request: HttpRequest, site: str, kind: str) -> HttpResponse:
    """Edit the words of one kind; what is refused stands beside its field."""
    place = access.site_for(request, site, MANAGE)
    the_kind = known(kind)
    now = request.now  # type: ignore[attr-defined]
    standing = standing_words(place, the_kind, request)
    form = form_of(site, kind, request.POST or None, standing)
    if request.method == "POST" and form.is_valid():
        try:
            write_wording(place, kind=the_kind, words=form.words(), from_at=form.cleaned_data["from_at"], by=request.user, now=now)  # type: ignore[arg-type]
            return done(request, "Saved as a new version.", "message_settings", site)
        except Refused as refused:
            show_refusal(form, refused)
    return wording_page(request, place, the_kind, form, typed(request.POST) if form.is_bound else standing)


@require_POST
def message_preview(request: HttpRequest, site: str, kind: str) -> HttpResponse:
    """What the typed words would look like; nothing is kept. The fragment alone for htmx."""
    place = access.site_for(request, site, MANAGE)
    the_kind = known(kind)
    words = typed(request.POST)
    if request.htmx:  # type: ignore[attr-defined]
        return render(request, "reminders/_wording_preview.html", preview_context(place, the_kind, words))
    return wording_page(request, place, the_kind, form_of(site, kind, None, words), words)


@require_POST
def message_shipped(request: HttpRequest, site: str, kind: str) -> HttpResponse:
    """Back to the words that Vigil brings."""
    place = access.site_for(request, site, MANAGE)
    ship_again(place, kind=known(kind), by=request.user, now=request.now)  # type: ignore[attr-defined,arg-type]
    return done(request, "The shipped words stand again.", "message_settings", site)


def known(kind: str) -> Kind:
    if kind not in WORDED:
        raise Http404("Not found.")
    return Kind(kind)


def standing_words(place: Site, kind: Kind, request: HttpRequest) -> dict[str, dict[str, str]]:
    now = request.now  # type: ignore[attr-defined]
    words = {language: words_for(place.pk, kind, language, now) for language in LANGUAGES}
    return {language: {part: getattr(said, part) for part in PARTS} for language, said in words.items()}


def form_of(site: str, kind: str, data: object, words: Mapping[str, Mapping[str, str]]) -> WordingForm:
    initial = {f"{part}_{language}": words[language][part] for language in LANGUAGES for part in PARTS}
    return WordingForm(data, initial=initial, preview_url=reverse("message_preview", args=[site, kind]))


def typed(posted: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """What stands in the fields, however unfinished; cut where a field would refuse it for its length."""
    return {language: {part: tidy(posted.get(f"{part}_{language}", "")) for part in PARTS} for language in LANGUAGES}


def tidy(words: str) -> str:
    return "".join(
        letter for letter in words[: Lines(max_length=2000).max_length].replace("\r\n", "\n") if letter == "\n" or letter.isprintable()
    ).strip()


def preview_context(place: Site, kind: Kind, words: Mapping[str, Mapping[str, str]]) -> dict[str, object]:
    return {
        "previews": [preview_of(place, kind, language, words[language]) for language in LANGUAGES],
        "findings": [finding for language in LANGUAGES for finding in wording_findings(place, kind, language, words[language])],
    }


def wording_page(request: HttpRequest, place: Site, kind: Kind, form: WordingForm, words: Mapping[str, Mapping[str, str]]) -> HttpResponse:
    versions = history(place.pk, kind)
    return page(request, "reminders/message_wording.html", {
        "form": form, "kind": kind, "label": OutboxMessage.Kind(kind).label, "placeholders": placeholders_of(kind, "body"),
        "versions": versions, "has_own": bool(versions), **preview_context(place, kind, words),
    })  # fmt: skip
