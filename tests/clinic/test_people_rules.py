"""Role and credential, and who may change whom (SET-10)."""

import pytest

from clinic.roles import LICENSED, PRESCRIBING, Credential, Role
from clinic.rules.people import change_findings, credential_findings, is_prescriber


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("credential", Credential)
def test_credential_of_a_role(role, credential):
    needed = {Role.PRESCRIBER: PRESCRIBING, Role.MONITOR: LICENSED}.get(role, tuple(Credential))
    assert (credential_findings(role, credential) == []) is (credential in needed)


@pytest.mark.parametrize(
    ("is_self", "was", "stays", "others", "refused"),
    [
        (True, False, False, 5, True),
        (False, True, False, 0, True),
        (False, True, True, 0, False),
        (False, True, False, 1, False),
        (False, False, False, 0, False),
    ],
)
def test_changes(is_self, was, stays, others, refused):
    found = change_findings(is_self=is_self, was_administrator=was, stays_administrator=stays, other_administrators=others)
    assert bool(found) is refused


def test_presence_counts_by_role():
    assert [role for role in Role if is_prescriber(role)] == [Role.PRESCRIBER]
