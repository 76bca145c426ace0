"""Forms of the patients' room, laid out by crispy, one file an idea."""
