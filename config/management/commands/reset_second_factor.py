"""Take a person's second factors away at the console, when they lost them and no administrator may: they sign in with their password and set up new ones."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from clinic import clock
from clinic.actions.account import reset_by_operator
from clinic.models import User


class Command(BaseCommand):
    help = "Takes away all second factors of one person, by e-mail, and ends their sign-ins. Make sure who asks: call them back."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")

    def handle(self, *args: Any, email: str, **options: Any) -> None:
        user = User.objects.filter(email__iexact=email).first()
        if user is None:
            raise CommandError("Nobody has this e-mail.")
        self.stdout.write(f"{reset_by_operator(user, now=clock.now())} second factors taken away; every sign-in of theirs has ended.")
