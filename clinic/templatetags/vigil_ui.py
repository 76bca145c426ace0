"""The small parts of every page as tags: icons, pills, clocks, cards. Larger parts are in templates/components/."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from django import template
from django.conf import settings
from django.template.base import Node, Parser, TextNode, Token
from django.template.loader import get_template
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe

from clinic.addresses import address
from clinic.forms.given import GivenInput
from clinic.templatetags.clock_words import clock_text, minutes_between
from clinic.templatetags.tones import FORM_STATES, LEVELS, PATIENTS, PHASES, Tone

register = template.Library()


@register.simple_tag
def icon(name: str, label: str = "", css: str = "") -> SafeString:
    """`{% icon "bell" %}` is decoration; `{% icon "bell" label="Alert" %}` speaks. Names: static/vendor/lucide/icons.svg."""
    return _icon(str(name), str(label), str(css))


@lru_cache(maxsize=1024)
def _icon(name: str, label: str, css: str) -> SafeString:
    """Inline, not by reference: no request, no flash, and nothing that a strict content policy could refuse."""
    voice = f'role="img" aria-label="{escape(label)}"' if label else 'aria-hidden="true"'
    drawing = icon_drawings().get(name) or icon_drawings()["circle"]
    classes = f"v-icon {escape(css)}".strip()
    return mark_safe(f'<svg class="{classes}" {voice} viewBox="0 0 24 24">{drawing}</svg>')  # noqa: S308


@cache
def icon_drawings() -> dict[str, str]:
    """The drawings of the vendored sprite by name."""
    sprite = (Path(settings.BASE_DIR) / "static" / "vendor" / "lucide" / "icons.svg").read_text().replace("> <", "><")
    return dict(re.findall(r'<symbol id="([\w-]+)"[^>]*>(.*?)</symbol>', sprite))


@register.simple_tag
def drawings(names: str | Iterable[str]) -> SafeString:
    """`{% drawings "pencil eye" %}` keeps drawings in a page once, for rows that show them by `{% drawn "eye" %}`: a fourth of the bytes."""
    listed = names.split() if isinstance(names, str) else dict.fromkeys(names)
    kept = "".join(f'<symbol id="v-{name}" viewBox="0 0 24 24">{icon_drawings().get(name, "")}</symbol>' for name in listed)
    return mark_safe(f'<svg class="v-drawings" aria-hidden="true">{kept}</svg>')  # noqa: S308  names of our own drawings


@register.simple_tag
@lru_cache(maxsize=1024)
def drawn(name: str) -> SafeString:
    return format_html('<svg class="v-icon" aria-hidden="true"><use href="#v-{}"/></svg>', name)


def drawn_at_once(name: str) -> None:
    """A tag whose words are all written out is drawn when its template is compiled, not at each showing: the board alone has a hundred icons."""
    compiled = register.tags[name]

    def compile_tag(parser: Parser, token: Token) -> Node:
        node: Any = compiled(parser, token)
        given = [*node.args, *node.kwargs.values()]
        if node.target_var is not None or any(one.is_var or one.filters for one in given):
            return node  # type: ignore[no-any-return]
        return TextNode(node.func(*(one.resolve({}) for one in node.args), **{key: one.resolve({}) for key, one in node.kwargs.items()}))

    register.tags[name] = compile_tag


drawn_at_once("icon")
drawn_at_once("drawn")
drawn_at_once("drawings")
register.simple_tag(address)


@register.simple_tag
@cache
def fixed(template_name: str) -> SafeString:
    """`{% fixed "components/_styles.html" %}`: a part without parameters, the same for everybody, drawn once a worker."""
    return get_template(template_name).render()  # type: ignore[return-value]


@register.simple_tag
def pill(word: str, tone: str = "neutral", icon: str = "") -> SafeString:
    """A word with a tone and an icon. Tones: neutral, info, teal, busy, ok, warn, act (red: only for "act now"), ended."""
    return _pill(str(word), str(tone), str(icon))


@lru_cache(maxsize=1024)
def _pill(word: str, tone: str, icon_name: str) -> SafeString:
    drawn = _icon(icon_name, "", "") if icon_name else ""
    return mark_safe(f'<span class="v-pill v-pill-{escape(tone)}">{drawn}{escape(word)}</span>')  # noqa: S308


def _toned(tones: dict[str, Tone], code: object) -> SafeString:
    known = tones.get(str(code))
    return _pill(known.word, known.tone, known.icon) if known else _pill(str(code), "neutral", "circle")


@register.simple_tag
def phase_pill(phase: object) -> SafeString:
    """The session's phase: booked … voided, by its code."""
    return _toned(PHASES, phase)


@register.simple_tag
def form_pill(state: object) -> SafeString:
    """The monitoring form's state: owed, complete, sent, filed, void, not_owed; also overdue and due_today."""
    return _toned(FORM_STATES, state)


@register.simple_tag
def patient_pill(status: object) -> SafeString:
    """The patient's status: active, paused, ended, deceased (PAT-7)."""
    return _toned(PATIENTS, status)


@register.simple_tag
def level_pill(level: object) -> SafeString:
    """A finding's level (block, decision, note) or an alert's (critical, high); takes the word or `Level`."""
    return _toned(LEVELS, getattr(level, "word", level))


@register.simple_tag(takes_context=True)
def clock_until(context: template.Context, moment: datetime | None, now: datetime | None = None, kind: str = "due", css: str = "") -> SafeString:
    """A countdown that ticks in the browser. Kinds: due ("in 12 min", "due now", "late 4 min"), gate ("in 78 min", "open"), rest, ends."""
    return _clock(context, "until", moment, now, kind, css)


@register.simple_tag(takes_context=True)
def clock_since(context: template.Context, moment: datetime | None, now: datetime | None = None, kind: str = "minutes", css: str = "") -> SafeString:
    """Time gone by, ticking. Kinds: minutes ("72 min"), ago ("72 min ago"), words ("1 h 12 min")."""
    return _clock(context, "since", moment, now, kind, css)


def _clock(context: template.Context, way: str, moment: datetime | None, now: datetime | None, kind: str, css: str) -> SafeString:
    if not moment:
        return mark_safe('<span class="v-clock is-empty">–</span>')
    now = now or getattr(getattr(context, "request", None), "now", None)
    seconds = int((moment - now).total_seconds()) if now else 0
    state, text = clock_text(kind, seconds if way == "until" else -seconds)
    stamp = moment.isoformat()
    begun, named, ended = _clock_parts(state, css, way, kind)
    return mark_safe(f"{begun}{stamp}{named}{stamp}{ended}{text}</time>")  # noqa: S308  a moment, and words of ours


@lru_cache(maxsize=1024)
def _clock_parts(state: str, css: str, way: str, kind: str) -> tuple[str, str, str]:
    """What stands around a clock's moment."""
    return f'<time class="v-clock {state} {escape(css)}" datetime="', f'" data-clock-{way}="', f'" data-clock-kind="{escape(kind)}">'


@register.filter
def minutes_since(moment: datetime | None, now: datetime) -> int | str:
    """Whole minutes from a moment to now; empty without a moment."""
    return minutes_between(moment, now) if moment else ""


@register.filter
def level_word(level: object) -> str:
    """The word of a finding's level, whether it came as `Level` or as text."""
    return str(getattr(level, "word", level))


@register.filter
def level_icon(level: object) -> str:
    known = LEVELS.get(level_word(level))
    return known.icon if known else "info"


@register.simple_block_tag
def card(content: str, title: str = "", icon: str = "", tone: str = "", id: str = "") -> SafeString:
    """`{% card title="Vitals" icon="activity" %}…{% endcard %}`: a titled section. Tones as for pills, as a stripe."""
    drawn = _icon(str(icon), "", "") if icon else ""
    head = format_html('<header class="v-card-head"><h2 class="v-card-title">{}{}</h2></header>', drawn, title) if title else ""
    named = format_html(' id="{}"', id) if id else ""
    return format_html(
        '<section class="v-card {}"{}>{}<div class="v-card-body">{}</div></section>', f"v-stripe-{tone}" if tone else "", named, head, content
    )


STEP_ICONS = {
    "done": ("circle-check", "done:"),
    "open": ("circle-dot", "now:"),
    "later": ("circle-dashed", "later:"),
    "stopped": ("octagon-x", "stopped:"),
}


@register.simple_block_tag
def step(content: str, name: str, label: str, state: str = "open", summary: str = "") -> SafeString:
    """A step of the flowsheet, with the id `step-<name>` that a refused form is put back at.

    `{% step name="dose" label="Dose" state="open" summary="" %}…{% endstep %}`. Open: shown. Done: folded under its
    summary. Later: its name alone.
    """
    drawing, voice = STEP_ICONS[state]
    title = format_html("<h2>{}{}</h2>", _icon(drawing, voice, ""), label)
    told = format_html('<p class="v-step-summary">{}</p>', summary) if summary else ""
    head = format_html("{}{}", title, told)
    if state == "later":
        inside = format_html('<div class="v-step-head">{}</div>', head)
    elif state == "done":
        inside = format_html('<details><summary class="v-step-head">{}</summary><div class="v-step-body">{}</div></details>', head, content)
    else:
        inside = format_html('<div class="v-step-head">{}</div><div class="v-step-body">{}</div>', head, content)
    return format_html('<section class="v-step is-{}" id="step-{}" tabindex="-1">{}</section>', state, name, inside)


@register.simple_tag
def signer_input(id: str, name: str = "password") -> SafeString:
    """The signer's password, code or passkey, where a page writes its form by hand."""
    return GivenInput().render(name, None, {"id": id})
