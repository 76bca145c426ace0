"""Which tests take seconds each: junk on every form, every role at every door, big numbers, processes of their own.

`make quick` leaves them to `make test`."""

SLOW = (
    "junk",
    "ten_thousand",
    "tests/machine/",
    "test_every_role_gets_its_answer",
    "test_guards_cost_little",
    "test_start_clinic.py::test_it_works_with_production_settings",
    "test_production_passes_the_deployment_check",
)


def is_slow(nodeid: str) -> bool:
    return any(word in nodeid for word in SLOW)
