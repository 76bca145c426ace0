"""The demonstration clinic: plainly fictional people, drawn from published rates with a fixed seed."""
