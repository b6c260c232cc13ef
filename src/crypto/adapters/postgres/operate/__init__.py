"""What is asked of the service: runs, rejections, health."""
