"""Make the demonstration clinic, or renew its today; it only ever adds."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from clinic import clock
from clinic.actions import anchoring
from clinic.models import Site
from desk.demo import audits, emergency_reads, live, packets, procedures, screens, seed, self_audits, sign_ins


class Command(BaseCommand):
    help = "Makes two fictional sites with nine months of history and a live today. Refused in production."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.VIGIL_DEMONSTRATION_LOGINS:
            raise CommandError("The demonstration clinic can't be made in production.")
        now = clock.now()
        if not Site.objects.filter(slug="riverside").exists():
            with transaction.atomic():
                seed.make_past(now=now)
            self.stdout.write("Two sites with nine months of history.")
        screens.enrol(now=now)
        audits.let_in(now=now)
        audits.review_the_past(now=now)
        packets.lock(now=now)
        procedures.renew(now=now)
        emergency_reads.open_one(now=now)
        sign_ins.shut_one_out(now=now)
        self_audits.run(now=now)
        added = live.renew(now=now)
        anchoring.anchor(now=now)
        self.stdout.write(f"Today: {added} sessions." if added else "Today stands already.")
        if settings.VIGIL_DEMONSTRATION:
            (settings.VIGIL_DATA_DIR / "screens.txt").write_text("\n".join(screens.told()) + "\n")
