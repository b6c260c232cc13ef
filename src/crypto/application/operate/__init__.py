"""Look after the service: health, runs, statistics, sources, rejections."""
