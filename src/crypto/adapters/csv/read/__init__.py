"""One file as pages, and one page as quotes and rejections."""
