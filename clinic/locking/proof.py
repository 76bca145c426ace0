"""Whether a password or a PIN typed at the locked page is the person's; a few tries, taken before it is looked at. Outside of transactions: Argon2 is slow on purpose."""

from datetime import datetime
from enum import Enum

from django.contrib.auth.hashers import check_password
from django.core.cache import cache

from clinic.actions.pins import forget_wrong_pins, note_wrong_pin, take_pin_try
from clinic.models import Membership, Screen, User
from clinic.rules.pins import is_pin

MOST_TRIES = 5
FORGOTTEN_AFTER = 300  # seconds


class Proof(Enum):
    RIGHT = "right"
    WRONG = "wrong"
    TOO_OFTEN = "too often"


def password_proof(user: User, password: str) -> Proof:
    """The fifth wrong one within five minutes is one too many: the sign-in ends, and sign-in's own limits begin."""
    keys = [f"unlock-tries:{user.pk}:{number}" for number in range(MOST_TRIES)]
    taken = next((key for key in keys if cache.add(key, True, FORGOTTEN_AFTER)), None)
    if taken is None:
        return Proof.TOO_OFTEN
    if user.is_active and user.check_password(password):
        cache.delete_many(keys)
        return Proof.RIGHT
    return Proof.TOO_OFTEN if taken == keys[-1] else Proof.WRONG


def pin_proof(tablet: Screen, member: Membership, pin: str, *, now: datetime) -> Proof:
    """Whether it is the person's PIN at this tablet; the fifth wrong one shuts it to them until they sign in there with their password."""
    if not take_pin_try(tablet, member):
        return Proof.TOO_OFTEN
    if is_pin(pin) and check_password(pin, member.pin.hashed):
        forget_wrong_pins(tablet, member.user)
        return Proof.RIGHT
    return Proof.TOO_OFTEN if note_wrong_pin(tablet, member, now=now) else Proof.WRONG
