"""Version 1 of the REST API: a module a resource, and the router that puts them together."""
