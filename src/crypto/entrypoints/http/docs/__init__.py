"""The API described: the OpenAPI document and the page to try it with."""
