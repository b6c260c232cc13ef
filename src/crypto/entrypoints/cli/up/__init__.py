"""`crypto up`: database, schedule and API in one."""
