"""Processes: signals, the HTTP server, what is started beside what."""
