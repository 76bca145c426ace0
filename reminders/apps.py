"""The reminders room."""

from django.apps import AppConfig


class RemindersConfig(AppConfig):
    name = "reminders"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from clinic import sentences

        sentences.register_sentences(
            {
                "message.again": "let a message to a patient be sent again",
                "message.called": "called a patient in place of a message",
                "messaging.changed": "changed how messages to patients are sent",
                "wording.written": "wrote the site's own words for a message",
                "wording.shipped": "let the shipped words of a message stand again",
                "message.left": "left a message to a patient unsent",
            }
        )
