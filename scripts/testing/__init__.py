"""`make test` and `make quick`: system parts, the suite on both engines, the browser, one closing summary."""
