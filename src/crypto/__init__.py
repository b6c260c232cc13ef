"""Your own crypto market-data service: it never lies by silence."""
