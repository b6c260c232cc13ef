"""Connections to PostgreSQL, how long they wait, and what its errors mean."""
