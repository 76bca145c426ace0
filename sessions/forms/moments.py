"""A wall-clock time on a form: empty means now."""

from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.utils import timezone

from clinic.findings import Finding
from sessions.rules.moments import moment_of

HALF_A_DAY = timedelta(hours=12)
LONGEST_WAIT_SECONDS = 12 * 60 * 60


class WallTime(forms.TimeField):
    """HH:MM in the site's zone, or empty for now."""

    def __init__(self, label: str = "Seen at", **kwargs: Any) -> None:
        widget = forms.TimeInput(format="%H:%M", attrs={"type": "time", "class": "form-control"})
        super().__init__(label=label, required=False, widget=widget, **kwargs)


class MomentForm(forms.Form):
    """What every fact's form has: the page's key, so that a retry has one effect, and when it was seen."""

    client_key = forms.UUIDField(widget=forms.HiddenInput)
    observed_at = WallTime()
    # Seconds that an entry waited for its connection: what was pressed "now" was seen then (static/vigil/outbox.js).
    waited = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0, max_value=LONGEST_WAIT_SECONDS)

    def __init__(self, *args: Any, now: datetime, **kwargs: Any) -> None:
        self.now = now
        super().__init__(*args, **kwargs)

    def moment(self) -> datetime:
        """When it was seen: the time that was typed, else now, less what the entry waited for its connection."""
        wall = self.cleaned_data.get("observed_at")
        if wall is None:
            return self.now - timedelta(seconds=self.cleaned_data.get("waited") or 0)
        zone: Any = timezone.get_current_timezone()
        return moment_of(wall, now=self.now, zone=zone)


def corrected_moment(wall: time | None, *, old: datetime, now: datetime) -> datetime:
    """The time of what is corrected: it stays to the second unless another minute is typed, which lies about the old one."""
    seen = timezone.localtime(old)
    if wall is None or (wall.hour, wall.minute) == (seen.hour, seen.minute):
        return old
    zone: Any = timezone.get_current_timezone()
    return moment_of(wall, now=min(now, old + HALF_A_DAY), zone=zone)


def add_findings(form: forms.Form, findings: list[Finding]) -> None:
    """What the rules refused, beside the field it is about where there is one."""
    for finding in findings:
        form.add_error(finding.field if finding.field in form.fields else None, finding.text)
