"""What the pages over several rooms read, one file a page."""
