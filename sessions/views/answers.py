"""How the sessions room answers a post: 303 to the flowsheet, or 422 with the step's own fragment around what was typed."""

from collections.abc import Callable, Mapping
from typing import Any

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS
from django.http import HttpRequest, HttpResponse

from clinic.actions.merging import changed_text
from clinic.findings import Finding, Refused
from clinic.forms.opened import reopened
from clinic.http import see_other, unprocessable
from sessions.forms.moments import add_findings
from sessions.models import TreatmentSession
from sessions.picture import picture_of
from sessions.queries.policies import policy_for
from sessions.steps import step


def is_kept(form: forms.Form, act: Callable[[], object]) -> bool:
    """Validate, act, and bring a refusal back into the form: `form.findings` holds what the rules said."""
    form.findings = []  # type: ignore[attr-defined]
    if not form.is_valid():
        return False
    try:
        act()
    except Refused as refused:
        form.findings = refused.findings  # type: ignore[attr-defined]
        add_findings(form, refused.findings)
        reopened(form, refused)
        return False
    return True


def said_above(form: forms.Form) -> list[Finding]:
    """What speaks against it, as the list at the head of the page says; the form's own box doesn't say it again."""
    findings: list[Finding] = getattr(form, "findings", [])
    if findings and set(form.non_field_errors()) <= {one.text for one in findings}:
        form.errors.pop(NON_FIELD_ERRORS, None)
    return findings


def beside_what_stands(form: Any, stands: Mapping[str, object]) -> None:
    """A fact was corrected by two: each field that differs says what stands now; what was typed stays in it (MON-7)."""
    for name in form.fields:
        if name in stands and told(form.data, name) != plain(stands[name]):
            form.add_error(name, changed_text(plain(stands[name]) or "nothing"))


def told(data: Any, name: str) -> str:
    values = data.getlist(name)
    return ", ".join(sorted(values)) if len(values) > 1 else values[0].strip() if values else ""


def plain(value: object) -> str:
    """A stored value as a form posts it: a tick is "on", nothing is empty."""
    if value is None or value is False:
        return ""
    if isinstance(value, list | tuple):
        return ", ".join(sorted(str(one) for one in value))
    return "on" if value is True else str(value)


def to_flowsheet(session: TreatmentSession, *, at: str = "") -> HttpResponse:
    """303 to the flowsheet; at the step where the act can be seen, when it isn't the one that comes next."""
    response = see_other("flowsheet", session.site.slug, session.pk)
    if at:
        response["Location"] += f"?step={at}"
    return response


def step_again(request: HttpRequest, session: TreatmentSession, name: str, form: Any) -> HttpResponse:
    """422: the step with what was typed and what is wrong."""
    module = step(name)
    session = TreatmentSession.objects.select_related("patient", "chair", "course", "order", "policy", "monitor", "site").get(pk=session.pk)
    picture = picture_of(session, policy_for(session))
    shown = module.context(picture, request=request, now=request.now, bound_form=form)  # type: ignore[attr-defined]
    return unprocessable(request, module.TEMPLATE, shown, target=f"#step-{name}", title=f"{session.patient}: please check")
