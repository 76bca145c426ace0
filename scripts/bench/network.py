"""`make bench SCALE=network`: a network on a PostgreSQL of its own, measured; on DATABASE_URL, which then stays, begun again it goes on.

SHARE=0.1 makes a tenth of it. SUM_UP: so many seconds for summing up (without it, until all sites are).
"""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from scripts.launcher.services import ROOT
from tests.support.postgres import running_postgres

SITES, PATIENTS, SESSIONS, BINDER = 200, 60_000, 1_500_000, 500
QUARTER_MS, YEAR_MS, TIMES_BARE, GIGABYTES, BINDER_SECONDS, BINDER_MB = 300, 2000, 3, 10, 60, 300
FOREVER = "1000000"


def main() -> int:
    share = float(os.environ.get("SHARE", "1"))
    size = {"--sites": max(1, round(SITES * share)), "--patients": round(PATIENTS * share), "--sessions": round(SESSIONS * share)}
    with database() as url, tempfile.TemporaryDirectory(prefix="vigil-network-") as folder:
        base = {
            **os.environ, "DJANGO_SETTINGS_MODULE": "config.settings", "VIGIL_MODE": "demonstration", "DATABASE_URL": url, "VIGIL_DATA_DIR": str(Path(folder)),
        }  # fmt: skip
        for arguments in (["migrate", "--verbosity", "0"], ["collectstatic", "--noinput", "--verbosity", "0"], ["seed_demo"]):
            manage(base, *arguments)
        before = json.loads(manage(base, "measure_network"))["pages"]
        made = json.loads(manage(base, "seed_network", *(str(word) for pair in size.items() for word in pair)))
        print(f"{size['--sites']} sites, {size['--patients']} patients, {size['--sessions']} sessions: {made['rows']} rows, {made['minutes']} min")
        told(f"gigabytes: {made['gigabytes']}", made["gigabytes"] <= GIGABYTES)
        show(before, json.loads(manage(base, "measure_network", "--sum-up", os.environ.get("SUM_UP", FOREVER))))
        show_binder(json.loads(manage(base, "measure_network", "--binder", str(BINDER))))
    return 0


@contextmanager
def database() -> Iterator[str]:
    given = os.environ.get("DATABASE_URL", "")
    if given:
        yield given
        return
    with running_postgres() as url:
        yield url


def manage(environ: dict[str, str], *arguments: str) -> str:
    """The last line that a command says; its progress goes to the terminal."""
    done = subprocess.run([sys.executable, "manage.py", *arguments], env=environ, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    if done.returncode:
        raise SystemExit(f"manage.py {arguments[0]} failed:\n{done.stdout}")
    return done.stdout.strip().splitlines()[-1] if done.stdout.strip() else ""


def told(words: str, is_good: bool = True) -> None:
    print(f"{words}{'' if is_good else '  over'}", flush=True)


def show(before: dict[str, float], found: dict[str, Any]) -> None:
    told(f"summed up: {found['sum_up']['sites']} sites, {found['sum_up']['seconds_each']} s each")
    told(f"gigabytes with the summaries: {found['gigabytes']}", found["gigabytes"] <= GIGABYTES)
    for name in ("quarter", "year"):
        one = found[name]
        ratio = one["page_ms"] / one["bare_truth_ms"]
        told(
            f"a site's {name}, {one['visits']:.0f} visits: page {one['page_ms']:.0f} ms, numbers {one['numbers_ms']:.0f} ms; bare SQL of the truth "
            f"{one['bare_truth_ms']:.0f} ms ({ratio:.1f} ×), of the summaries {one['bare_summary_ms']:.0f} ms",
            name != "quarter" or (one["page_ms"] <= QUARTER_MS and ratio <= TIMES_BARE),
        )
    network = found["network"]
    borrowed = f", {network['borrowed']} of them with another's months" if network["borrowed"] else ""
    told(f"the network's year, {network['sites']} sites{borrowed}: page {network['page_ms']:.0f} ms", network["page_ms"] <= YEAR_MS)
    for name, milliseconds in found["pages"].items():
        told(f"{name}: {before[name]:.0f} ms alone, {milliseconds:.0f} ms beside the network")


def show_binder(found: dict[str, float]) -> None:
    is_good = found["seconds"] <= BINDER_SECONDS and found["memory_mb"] <= BINDER_MB
    told(
        f"binder of {found['sessions']} sessions: {found['pages']} pages, {found['megabytes']} MB, {found['seconds']} s, worker {found['memory_mb']} MB",
        is_good,
    )


if __name__ == "__main__":
    sys.exit(main())
