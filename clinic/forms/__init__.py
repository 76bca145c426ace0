"""The clinic room's forms, one file an idea."""
