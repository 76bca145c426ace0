"""What a page costs: worker CPU per request, as a ratio to a bare Django view of the same run (design.md, "Speed")."""
