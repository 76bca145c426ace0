"""The reminders room."""

from django.apps import AppConfig


class RemindersConfig(AppConfig):
    name = "reminders"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from django.urls import reverse

        from clinic import registry, sentences
        from reminders.queries import text_calls

        registry.register_calls("has_text_calls", text_calls.has_text_calls, text_calls.text_calls)
        registry.register_address("inboundtext", lambda slug, pk: reverse("reply", args=[slug, pk]))

        sentences.register_sentences(
            {
                "message.again": "let a message to a patient be sent again",
                "message.called": "called a patient in place of a message",
                "messaging.changed": "changed how messages to patients are sent",
                "wording.written": "wrote the site's own words for a message",
                "wording.shipped": "let the shipped words of a message stand again",
                "message.undeliverable": "recorded that an address doesn't work any more",
                "message.reinstated": "found out that a patient's address works after all",
                "text.handled": "took what a patient had texted",
                "text.received": "a patient sent a text",
                "message.left": "left a message to a patient unsent",
            }
        )
