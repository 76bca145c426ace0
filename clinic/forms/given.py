"""The one field of every signature: the password; where the policy wants both, the code too; a passkey in their place (OUT-2)."""

from collections.abc import Mapping
from typing import Any

from allauth.core import context
from django import forms
from django.core.exceptions import ValidationError
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from clinic import identity, second_factor
from clinic.identity import Given

LONGEST = {"": 200, "_code": 20, "_passkey": 8000}


class GivenInput(forms.Widget):
    """What it asks for depends on who is signed in, and where: it looks at the request itself, so that no form need hand it on."""

    def __init__(self, *, is_second: bool = False) -> None:
        super().__init__({"autocomplete": "off" if is_second else "current-password", "class": "form-control"})
        self.is_second = is_second

    def render(self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None) -> SafeString:
        """Never with what was typed."""
        shown = self.build_attrs(self.attrs, attrs)
        shown.setdefault("id", f"id_{name}")
        return render_to_string("clinic/_given.html", {"name": name, "attrs": shown, "is_second": self.is_second, **self.asked()})

    def asked(self) -> dict[str, bool]:
        request = context.request
        if request is None or not hasattr(request, "session"):
            return {"both": False, "may_passkey": False}
        if self.is_second:
            both = identity.policy_asks(request)
            return {"both": both, "may_passkey": both}
        return {"both": identity.asks_both(request), "may_passkey": second_factor.is_given_by(request, "webauthn")}

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> dict[str, str]:
        return {part: str(data.get(name + part) or "") for part in LONGEST}

    def value_omitted_from_data(self, data: Mapping[str, Any], files: Any, name: str) -> bool:
        return name not in data and f"{name}_passkey" not in data


class GivenField(forms.Field):
    """Cleans to a `clinic.identity.Given`."""

    def __init__(self, *, is_second: bool = False, **kwargs: Any) -> None:
        super().__init__(widget=GivenInput(is_second=is_second), **kwargs)

    def clean(self, value: Any) -> Given:
        parts = value if isinstance(value, dict) else {}
        given = Given(parts.get("", ""), parts.get("_code", "").strip(), parts.get("_passkey", ""))
        if self.required and not given.password and not given.passkey:
            raise ValidationError("Type your password." if not self.widget.is_second else "Type their password.", code="required")
        if any(len(parts.get(part, "")) > longest for part, longest in LONGEST.items()):
            raise ValidationError("That is too long.", code="max_length")
        return given

    def has_changed(self, initial: Any, data: Any) -> bool:
        return True
