"""The checks of an examination: small objects, each of which looks at one thing."""
