"""`manage.py check` reads every form definition, so that a bad one is named before anybody needs it (docs/forms.md)."""

from typing import Any

from django.core.checks import CheckMessage, Error, register

from sessions import definitions
from sessions.rules.definition import BadDefinition


@register
def form_definitions(app_configs: Any = None, **kwargs: Any) -> list[CheckMessage]:
    """One error for the first definition that can't be used."""
    try:
        definitions.every()
    except BadDefinition as error:
        return [Error(str(error), hint="docs/forms.md says how a definition is written.", id="sessions.E001")]
    return []
