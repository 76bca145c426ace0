"""Steps of migrations that Django's own would take one by one."""

from typing import Any

from django.db import models
from django.db.migrations.operations.base import Operation


class AlterTexts(Operation):
    """Columns of text become another kind of text: `{"model": {"name": field}}`. The models are read anew once, not once a column.

    To SQLite text of every length is the same: it would copy each table for nothing.
    """

    reversible = True

    def __init__(self, fields: dict[str, dict[str, "models.Field[Any, Any]"]]) -> None:
        self.fields = fields

    def deconstruct(self) -> Any:
        return type(self).__name__, [], {"fields": self.fields}

    def state_forwards(self, app_label: str, state: Any) -> None:
        for model, changed in self.fields.items():
            state.models[app_label, model].fields.update(changed)
        state.reload_models({(app_label, model) for model in self.fields}, delay=True)

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        if schema_editor.connection.vendor == "sqlite":
            return
        for model, changed in self.fields.items():
            before, after = from_state.apps.get_model(app_label, model), to_state.apps.get_model(app_label, model)
            for name in changed:
                schema_editor.alter_field(before, before._meta.get_field(name), after._meta.get_field(name))

    # Back as forth: each state knows its own columns.
    database_backwards = database_forwards

    def describe(self) -> str:
        return f"Alter texts of {', '.join(self.fields)}"
