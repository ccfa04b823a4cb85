"""GitHub's token service, as a job sees it: https://docs.github.com/en/actions/reference/security/oidc."""

from __future__ import annotations

from tpub.rehearsal.messages import Reply, Request, as_json
from tpub.rehearsal.site import Site

PATH = "/ci/github/"


def hand_out(site: Site, request: Request) -> Reply:
    """Give a job a fresh identity token for the audience that it asks for."""
    service = site.jobs.get(request.path.removeprefix(PATH).partition("/")[0])
    scheme, _, bearer = request.headers.get("authorization", "").partition(" ")
    if service is None or scheme.lower() != "bearer" or bearer != service.bearer:
        return as_json(401, {"message": "The job is not authorized."})
    if "api-version" not in request.query:
        return as_json(400, {"message": "No api-version was supplied."})
    token = site.issuer.sign(service.claims(request.query.get("audience", "https://github.com"))).reveal()
    return as_json(200, {"count": len(token), "value": token})
