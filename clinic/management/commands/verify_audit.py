"""`manage.py verify_audit [--site SLUG] [--anchors FILE --key PUBLIC]`: walks every audit chain and names the first entry that doesn't hold."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError

from clinic import anchor_keys, chain
from clinic.anchored import Kept, departure, read_anchors
from clinic.management.every_site import EverySiteCommand
from clinic.models import Site
from clinic.rules.anchoring import missing_rounds


class Command(EverySiteCommand):
    help = "Verify the audit trail: every chain, or one site's. Ends with 1 when an entry was changed, dropped, moved or put in."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--site", help="only this site's chain (its slug)")
        parser.add_argument(
            "--anchors", metavar="FILE", help="a file of anchors kept outside, or the text of the mails: finds a chain that was rebuilt"
        )
        parser.add_argument(
            "--key", action="append", help="the anchors' public key, as it was kept outside; several after a renewal; this installation's without one"
        )

    def handle(self, *args: Any, site: str | None = None, anchors: str | None = None, key: list[str] | None = None, **options: Any) -> None:
        kept = kept_anchors(anchors, key)
        names = chain.chains(site_of(site))
        if kept is not None and site is None:
            names = sorted({*names, *kept.by_chain})
        verdicts = [self.told(verdict_of(name, kept)) for name in names]
        broken = [verdict for verdict in verdicts if not verdict.is_whole]
        wrong = self.told_of(kept, names) if kept is not None else []
        if broken:
            raise CommandError(f"The audit trail is broken in {len(broken)} of {len(verdicts)} chains.")
        if wrong:
            raise CommandError(f"{len(wrong)} lines of the anchors don't hold. The chains themselves do.")
        self.stdout.write(f"{sum(verdict.entries for verdict in verdicts)} entries in {len(verdicts)} chains: all hold.")

    def told(self, verdict: chain.Verdict) -> chain.Verdict:
        if verdict.is_whole:
            self.stdout.write(f"{verdict.chain}: {verdict.entries} entries hold")
        else:
            self.stdout.write(f"{verdict.chain}: BROKEN at entry {verdict.broken_seq}: {verdict.reason}")
        return verdict

    def told_of(self, kept: Kept, names: list[str]) -> list[str]:
        """What the anchors themselves lack."""
        for line in kept.wrong:
            self.stdout.write(f"anchors: {line}")
        for number in missing_rounds(anchor.number for anchor in kept.anchors):
            self.stdout.write(f"anchors: round {number} is not in the file")
        for name in names:
            if name not in kept.by_chain:
                self.stdout.write(f"anchors: {name} was never anchored in this file")
        newest = max(kept.anchors, key=lambda anchor: anchor.at, default=None)
        said = f"{len(kept.anchors)} lines hold, the newest of {newest.at:%Y-%m-%d %H:%M} UTC, round {newest.number}" if newest else "no line holds"
        self.stdout.write(f"anchors: {said}")
        return kept.wrong if newest else [*kept.wrong, said]


def verdict_of(name: str, kept: Kept | None) -> chain.Verdict:
    """What the chain says of itself; and, where it holds, what the anchors say of it."""
    verdict = chain.verified(name)
    left = departure(name, kept.by_chain.get(name, [])) if kept is not None and verdict.is_whole else None
    return verdict if left is None else chain.Verdict(name, left.seq - 1, left.seq, left.reason)


def kept_anchors(path: str | None, keys: list[str] | None) -> Kept | None:
    if path is None:
        return None
    try:
        known = [anchor_keys.public_key(key) for key in keys] if keys else anchor_keys.known_keys()
        return read_anchors(Path(path).read_text(errors="replace"), known)
    except anchor_keys.NoKey as missing:
        raise CommandError(str(missing)) from missing
    except OSError as error:
        raise CommandError(f"{path} can't be read: {error.strerror}.") from error


def site_of(slug: str | None) -> Site | None:
    if slug is None:
        return None
    site = Site.objects.filter(slug=slug).first()
    if site is None:
        raise CommandError(f"There is no site {slug!r}.")
    return site
