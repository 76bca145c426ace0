"""`python -m scripts.testing [--quick]`: everything, or what fits before each commit."""

import os
import sys
import time
from concurrent.futures import ThreadPoolExecutor

from scripts.testing import measure, system
from scripts.testing.runs import Outcome, run
from tests.support.postgres import running_postgres

# They start installations or processes of their own and choose their engine themselves: once is enough.
ENGINE_FREE = ("--ignore=tests/test_launcher.py", "--ignore=tests/test_settings.py")


def main(arguments: list[str]) -> int:
    started = time.monotonic()
    if "--quick" in arguments:
        rest = [argument for argument in arguments if argument != "--quick"]
        return close([run("SQLite", "-m", "not e2e and not stack and not slow", "-n", "2", *rest)], [], [], started)
    system.ensure((system.CHROMIUM, system.POSTGRES))
    measure.erase()
    not_run: list[str] = []
    # Two cores: SQLite under coverage takes about as long as PostgreSQL and the browser one after the other.
    with ThreadPoolExecutor(1) as second:
        beside = second.submit(run_beside, not_run)
        first = run("SQLite", "-m", "not e2e", "--migrations", coverage=True)
        outcomes = [first, *beside.result()]
    for outcome in outcomes[1:]:
        print(f"\n[test] {outcome.name}\n{outcome.said}", flush=True)
    return close(outcomes, measure.shortfalls(), not_run, started)


def run_beside(not_run: list[str]) -> list[Outcome]:
    """PostgreSQL, then the browser; what they say is told when all is over."""
    outcomes: list[Outcome] = []
    run_postgres(outcomes, not_run)
    run_browser(outcomes, not_run)
    return outcomes


def run_postgres(outcomes: list[Outcome], not_run: list[str]) -> None:
    if not system.has_postgres():
        not_run.append("the suite on PostgreSQL (its server is not installed)")
        return
    with running_postgres() as url:
        environment = {"DATABASE_URL": url}
        outcomes.append(run("PostgreSQL", "-m", "not e2e", "--migrations", *ENGINE_FREE, environment=environment, quietly=True))


def run_browser(outcomes: list[Outcome], not_run: list[str]) -> None:
    if not system.has_chromium():
        not_run.append("the end-to-end tests (Chromium is not installed)")
        return
    outcomes.append(run("Browser", "-m", "e2e", "-n", "2", "--dist", "loadfile", environment={"VIGIL_CHROMIUM": system.chromium()}, quietly=True))


def close(outcomes: list[Outcome], shortfalls: list[str], not_run: list[str], started: float) -> int:
    """The closing summary; what was not run is a failure where CI=true."""
    print("\n[test] the slowest ten")
    for seconds, name in sorted((one for outcome in outcomes for one in outcome.slowest), reverse=True)[:10]:
        print(f"  {seconds:7.2f} s  {name}")
    print("\n[test] summary")
    for outcome in outcomes:
        verdict = "good" if outcome.is_good else "FAILED"
        print(f"  {outcome.name}: {verdict}, {outcome.passed} passed, {outcome.failed} failed, {outcome.skipped} skipped in {outcome.seconds:.0f} s")
    for text in shortfalls:
        print(f"  FAILED: {text}")
    for text in not_run:
        print(f"  NOT RUN: {text}")
    print(f"  all in {time.monotonic() - started:.0f} s\n")
    print(
        f"{sum(o.passed for o in outcomes)} passed, {sum(o.failed for o in outcomes)} failed, {sum(o.skipped for o in outcomes)} skipped", flush=True
    )
    is_good = all(outcome.is_good for outcome in outcomes) and not shortfalls
    return 0 if is_good and not (not_run and os.environ.get("CI") == "true") else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
