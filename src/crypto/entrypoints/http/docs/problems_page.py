"""A page that explains every problem by its code: where the `type` of a problem leads, without any network."""

import base64
import hashlib
from html import escape

from litestar import Response, Router, get

from crypto.entrypoints.http.kit.cache_policies import CACHE_5_SECONDS
from crypto.entrypoints.http.kit.problem_codes import PAGE, PROBLEMS, ProblemCode, ProblemType

STYLE = """
body { margin: 2rem auto; max-width: 46rem; padding: 0 1rem; font: 1rem/1.5 system-ui, sans-serif; }
section { border-top: 1px solid #ccc; margin-top: 1.5rem; }
section:target { background: #fff7d6; }
code { background: #f0f0f0; padding: 0 .2em; }
"""


def problems_router() -> Router:
    """The page at the path to which problems refer."""
    page, policy = _page(), _policy()

    @get(PAGE)
    async def problems() -> Response[str]:
        headers = {"Cache-Control": CACHE_5_SECONDS, "Content-Security-Policy": policy}
        return Response(page, media_type="text/html", headers=headers)

    return Router(path="/", route_handlers=[problems])


def _page() -> str:
    sections = "\n".join(_section(code, kind) for code, kind in PROBLEMS.items())
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>crypto: problems</title>
<link rel="icon" href="data:,">
<style>{STYLE}</style>
</head>
<body>
<h1>Problems</h1>
<p>Every error is <code>application/problem+json</code> (RFC 9457). Its <code>code</code> is one of these, its
<code>detail</code> says what was wrong with this very request, its <code>action</code> what to do next.</p>
{sections}
</body>
</html>
"""


def _section(code: ProblemCode, kind: ProblemType) -> str:
    return f"""<section id="{code}">
<h2>{escape(kind.title)}</h2>
<p><code>{code}</code>, status {kind.status.value} {escape(kind.status.phrase)}</p>
<p>{escape(kind.action)}</p>
</section>"""


def _policy() -> str:
    """A Content-Security-Policy: the page has a style of its own and loads nothing."""
    digest = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
    return (
        f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; base-uri 'none'; form-action 'none';"
        " frame-ancestors 'none'"
    )
