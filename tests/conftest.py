"""Fixtures of every test."""

from hypothesis import HealthCheck, settings

pytest_plugins = ["tests.support.fixtures", "tests.support.sealed_rooms", "tests.support.production", "tests.fixtures", "tests.emptying"]

# A machine that is busy with something else is no defect of a rule.
settings.register_profile("house", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("house")
