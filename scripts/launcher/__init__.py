"""Starts, watches, restarts and stops broker, web, worker and beat together. Standard library only."""
