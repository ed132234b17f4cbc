"""How Sphinx builds the site from docs/*.md: Markdown in, no request to anywhere in what comes out."""

from importlib import metadata

project = "opsbot"
author = "the authors of opsbot"
version = release = metadata.version("product-ops-bot")
project_copyright = "Apache-2.0"

extensions = ["myst_parser"]
myst_heading_anchors = 4
"""Headings to this depth can be linked to, by the names that a code host gives them."""
html_theme = "furo"
html_title = f"opsbot {release}"
html_show_sphinx = False
html_show_sourcelink = False
html_copy_source = False
html_extra_path = ["operating-model.schema.json"]
html_theme_options = {"top_of_page_buttons": []}
pygments_style = "sphinx"
highlight_language = "text"
