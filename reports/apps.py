"""The reports room."""

from django.apps import AppConfig


class ReportsConfig(AppConfig):
    name = "reports"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from clinic import registry, sentences
        from reports import binders, kinds, lists, trails, words

        sentences.register_sentences(words.SENTENCES)
        registry.register_auditor_pages("audited_binder", are_views=False)
        kinds.register_kind(lists.KIND)
        kinds.register_kind(binders.KIND)
        kinds.register_kind(trails.KIND)
