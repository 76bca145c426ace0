"""What no passphrase may be: our own words, a name, one letter over and over (ASVS 6.2.11); common ones are Django's to refuse."""

import re
from typing import Any

from django.core.exceptions import ValidationError

# What this house is about: the first words that somebody who knows it would try.
OUR_WORDS = (
    "vigil", "spravato", "esketamine", "ketamine", "rems", "clinic", "clinician", "nurse", "doctor", "patient", "password", "passphrase", "secret",
    "welcome", "letmein", "admin", "administrator", "qwerty", "login", "changeme",
)  # fmt: skip
# So many letters and digits must be left when these and the person's name are taken away.
LEAST_LEFT = 8
LEAST_DIFFERENT = 5


class OwnWordsValidator:
    """Long enough isn't enough: `VigilSpravato2026!!` is long."""

    def validate(self, password: str, user: Any = None) -> None:
        if len(set(password.casefold())) < LEAST_DIFFERENT:
            raise ValidationError("That is too few different letters.", code="password_repeats")
        left = password.casefold()
        for word in sorted((*OUR_WORDS, *names_of(user)), key=len, reverse=True):
            left = left.replace(word, "")
        if len(re.sub(r"[\W_]", "", left)) < LEAST_LEFT:
            raise ValidationError(
                "That is mostly words that others would try here. Take three or four words that belong to you.", code="password_own_words"
            )

    def get_help_text(self) -> str:
        return "Three or four words that belong to you are easy to keep and hard to guess."


def names_of(user: Any) -> set[str]:
    """The words of a person's name and e-mail; short ones are in every sentence."""
    told = f"{getattr(user, 'printed_name', '')} {getattr(user, 'email', '')}".casefold()
    return {word for word in re.split(r"[\W\d_]+", told) if len(word) > 3}
