"""What a site's standing, presence, hours, people and policies mean: pure functions, one file an idea."""
