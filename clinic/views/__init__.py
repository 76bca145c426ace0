"""The pages of the clinic room, one file an idea."""
