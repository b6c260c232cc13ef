"""A page to read and try the API with in a browser: Swagger UI from our own files, so that it needs no network."""

import base64
import hashlib
from functools import cache
from importlib.resources import files

from litestar import Response, Router, get
from litestar.exceptions import NotFoundException
from litestar.params import FromPath

from crypto.entrypoints.http.kit.cache_policies import CACHE_5_SECONDS

PATH = "/docs"

SWAGGER_UI = "swagger-ui-5.35.0"
"""The folder of its files, under `assets`, and part of their address: another version has another."""

FOR_EVER = "public, max-age=31536000, immutable"

KINDS = {"swagger-ui-bundle.js": "text/javascript", "swagger-ui.css": "text/css"}
"""What the page loads; all else in the folder is for those who read its licence."""

STYLE = """
body { margin: 0; background: #fafafa; }
.swagger-ui .scheme-container { display: none; }
"""
"""There is one server, this one: nothing to choose."""


def docs_router(document: str) -> Router:
    """The page that shows the OpenAPI document at this path, and the files that it loads."""
    page, policy = _page(document), _policy(document)

    @get(PATH)
    async def docs() -> Response[str]:
        headers = {
            "Cache-Control": CACHE_5_SECONDS,
            "Content-Security-Policy": policy,
            "Referrer-Policy": "no-referrer",
        }
        return Response(page, media_type="text/html", headers=headers)

    return Router(path="/", route_handlers=[docs, _asset])


@get(f"{PATH}/{SWAGGER_UI}/{{name:str}}")
async def _asset(name: FromPath[str]) -> Response[bytes]:
    """A file that the page loads."""
    if name not in KINDS:
        raise NotFoundException
    return Response(_content(name), media_type=KINDS[name], headers={"Cache-Control": FOR_EVER})


@cache
def _content(name: str) -> bytes:
    return (files("crypto.entrypoints.http.docs") / "assets" / SWAGGER_UI / name).read_bytes()


def _page(document: str) -> str:
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>crypto API</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="{PATH}/{SWAGGER_UI}/swagger-ui.css">
<style>{STYLE}</style>
</head>
<body>
<noscript>This page needs JavaScript; the API describes itself at {document}, too.</noscript>
<div id="swagger-ui"></div>
<script src="{PATH}/{SWAGGER_UI}/swagger-ui-bundle.js"></script>
<script>{_start(document)}</script>
</body>
</html>
"""


def _start(document: str) -> str:
    """Shows the document without HEAD, and with empty fields: its examples would be asked all at once."""
    return f"""
function forPeople(spec) {{
  for (const path of Object.values(spec.paths)) {{
    delete path.head;
    for (const parameter of path.get.parameters) {{
      if (parameter.required) continue;
      delete parameter.example;
      delete parameter.schema.default;
    }}
  }}
  return spec;
}}
SwaggerUIBundle({{
  url: "{document}",
  dom_id: "#swagger-ui",
  deepLinking: true,
  displayRequestDuration: true,
  defaultModelsExpandDepth: 0,
  validatorUrl: null,
  plugins: [{{
    statePlugins: {{
      spec: {{ wrapActions: {{ updateJsonSpec: (update) => (spec) => update(forPeople(spec)) }} }},
    }},
  }}],
}})
"""


def _policy(document: str) -> str:
    """A Content-Security-Policy: the browser itself refuses what is not from here."""
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src 'self' {_digest(_start(document))}",
            f"style-src 'self' {_digest(STYLE)}",
            "img-src 'self' data:",
            "connect-src 'self'",
            "base-uri 'none'",
            "form-action 'none'",
            "frame-ancestors 'none'",
        )
    )


def _digest(text: str) -> str:
    """How a Content-Security-Policy names a script or style that stands in the page."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
