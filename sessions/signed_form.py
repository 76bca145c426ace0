"""The canonical text of a confirmed monitoring form. A schema, once shipped, is frozen: a change is a new number beside it."""

import json
from collections.abc import Collection

from sessions.models import MonitoringForm

KIND = "monitoringform"
SCHEMA = 1


def form_text(form: MonitoringForm) -> str:
    """Schema 1: one `key value` line each, answers as JSON in ASCII in order of their ids; no status (PMF-4)."""
    lines = [
        "vigil-form 1",
        f"form {form.pk}",
        f"site {form.site_id}",
        f"session {form.session_id}",
        f"revision {form.revision}",
        f"definition {form.definition_code} {form.definition_sha256}",
        f"treatment_on {form.treatment_on.isoformat()}",
    ]
    lines += [f"answer {name} {json.dumps(form.answers[name], sort_keys=True)}" for name in sorted(form.answers)]
    return "\n".join(lines)


def render_form(pk: int) -> str:
    """The text of a stored form. Raises ValueError when there is none."""
    form = MonitoringForm.objects.filter(pk=pk).first()
    if form is None:
        raise ValueError(f"No monitoring form {pk}.")
    return form_text(form)


def render_forms(pks: Collection[int]) -> dict[int, str]:
    """The texts of many forms in one query; missing ones are left out."""
    return {form.pk: form_text(form) for form in MonitoringForm.objects.filter(pk__in=pks)}
