"""How the documents become a site: plain Markdown in, pages out that need nothing from elsewhere."""

from importlib.metadata import version as installed

project = "crypto"
project_copyright = "the maintainers of crypto; Apache License 2.0"
version = release = installed("crypto")

extensions = ["myst_parser"]
myst_heading_anchors = 4

nitpicky = True
smartquotes = False  # in a text about programs a quote is the character that is typed
suppress_warnings = ["misc.highlighting_failure"]  # answers are abbreviated with `...`, which is not JSON

html_theme = "furo"
html_title = "crypto"
html_copy_source = False
html_use_index = False
html_favicon = "_static/favicon.svg"
html_static_path = ["_static"]
html_css_files = ["wide.css"]
html_show_sphinx = False
html_theme_options = {"navigation_with_keys": True}
