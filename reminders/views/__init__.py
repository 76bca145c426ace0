"""The pages of the outbox: the staff's, and the patient's behind a link."""
