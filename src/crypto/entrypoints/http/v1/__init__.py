"""Version 1 of the REST API: a module a resource, and the router that puts them together.

A new resource is a module with `endpoints(service)`, and a line in `router.SLICES`; gate, errors, overview and
OpenAPI document follow from it.
"""
