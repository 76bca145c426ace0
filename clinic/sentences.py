"""What an audit entry says in plain words: each room registers the end of the sentence that begins with the person's name."""

from collections.abc import Mapping

_sentences: dict[str, str] = {}


def register_sentences(sentences: Mapping[str, str]) -> None:
    """`{"session.arrived": "checked the patient in"}`; called from a room's `apps.py`."""
    _sentences.update(sentences)


def sentence_of(action: str) -> str:
    """The words of an action; an unregistered one is spelled out."""
    return _sentences.get(action) or action.replace(".", ": ").replace("_", " ")


def known_actions() -> list[tuple[str, str]]:
    """(action, words) for a filter, in order of the words."""
    return sorted(_sentences.items(), key=lambda pair: pair[1])


register_sentences(
    {
        "access.denied": "was refused: the role may not do this",
        "access.hidden": "asked for something that isn't theirs to see",
        "record.read": "read a record",
        "record.exported": "exported a record",
        "report.read": "read the list behind a report",
        "report.exported": "exported a report's list",
        "self_audit.ran": "the week was judged by the rules",
        "finding.planned": "said who acts on a finding of the self-audit, and by when",
        "finding.closed": "closed a finding of the self-audit with a reason",
        "audit.reviewed": "signed that the audit trail was reviewed",
        "attachment.kept": "kept a file",
        "backup.made": "the database was backed up",
        "backup.failed": "a backup failed",
        "database.restored": "the database was restored from a backup",
        "fields.resealed": "identifiers were sealed anew by the newest key",
        "fields.rotated": "a run over every site, by which identifiers are sealed anew, ended",
        "organisation.started": "started the organisation",
        "site.opened": "opened the site",
        "site.changed": "changed the site's details",
        "certification.recorded": "recorded an event of the certification",
        "representative.changed": "named the authorized representative",
        "chair.added": "added a chair",
        "chair.changed": "changed a chair",
        "hours.changed": "changed the opening hours",
        "closure.added": "marked days as closed",
        "closure.removed": "opened a closed day again",
        "equipment.added": "added a piece of equipment",
        "equipment.changed": "changed a piece of equipment",
        "equipment.checked": "recorded a check of equipment",
        "procedure.written": "wrote a version of a procedure",
        "procedure.signed": "signed that they work by a procedure",
        "procedure.retired": "took a procedure out of use",
        "policy.planned": "planned a new version of the policy",
        "policy.withdrawn": "took back a planned version of the policy",
        "invitation.sent": "invited a person",
        "invitation.withdrawn": "withdrew an invitation",
        "invitation.accepted": "joined the site",
        "member.changed": "changed a member's role or credential",
        "member.ended": "ended a membership",
        "training.recorded": "recorded a training",
        "member.factor_reset": "took a colleague's second step of sign-in away, to be set up anew",
        "account.signed_in": "signed in",
        "account.sign_in_failed": "a wrong password was typed at sign-in",
        "account.closed": "was shut out for five minutes by five wrong passwords",
        "account.factor_failed": "a wrong code was typed at sign-in",
        "account.factor_added": "set up a second step of sign-in",
        "account.factors_reset": "had the second steps of sign-in taken away by the operator",
        "account.factor_removed": "removed a second step of sign-in",
        "account.codes_renewed": "made new recovery codes",
        "account.code_used": "used a recovery code",
        "account.password_changed": "changed their password",
        "account.password_reset": "set a new password by the link of a mail",
        "identity.failed": "a wrong password, code or passkey was given at a signature",
        "identity.stopped": "was stopped after five wrong tries at a signature, and the reviewers were told",
        "account.sign_in_ended": "was signed out after five wrong tries at a signature",
        "account.slowed": "asked for too much within a minute, and was stopped until it was over",
        "account.ended": "ended sign-ins of their own",
        "auditor.granted": "gave an auditor access",
        "auditor.revoked": "ended an auditor's access",
        "auditor.opened": "opened the list of the sessions to audit",
        "lock.ended": "typed too many wrong passwords at a locked screen: the sign-in was ended",
        "pin.set": "set their PIN for enrolled tablets",
        "pin.removed": "took their PIN away",
        "pin.off": "typed too many wrong PINs of one person: it is off at this tablet",
        "pin.signed_in": "opened a tablet with their PIN",
        "screen.enrolled": "enrolled a screen",
        "screen.revoked": "revoked a screen",
        "duty.came": "came on site",
        "duty.left": "left the site",
        "duty.stayed": "stayed past closing",
        "duty.leaving_planned": "said when they plan to leave",
        "duty.recorded": "wrote down that a colleague has come",
        "duty.leaving_recorded": "wrote down that a prescriber has left",
        "duty.confirmed": "confirmed what was written about their presence",
        "duty.handed_over": "handed the presence of a prescriber over",
        "duty.corrected": "put their own presence right",
    }
)
