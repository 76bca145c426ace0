"""Fixtures of every test."""

pytest_plugins = ["tests.support.fixtures", "tests.fixtures", "tests.emptying"]
