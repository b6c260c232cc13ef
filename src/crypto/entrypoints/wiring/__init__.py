"""The only place that builds adapters and use cases."""
