"""What the audit trail says of the reports' acts."""

SENTENCES = {
    "downtime.passphrase_set": "set the passphrase of the downtime packets",
    "downtime.packet_made": "a downtime packet was made",
    "export.cancelled": "cancelled an export",
    "export.asked_again": "asked for an export again",
    "export.downloaded": "downloaded an export",
    "export.built": "made an export ready",
    "export.failed": "gave up on an export that broke off",
    "export.expired": "deleted the file of an export",
}
