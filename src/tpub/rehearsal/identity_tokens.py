"""The services that give a job its identity tokens, as it sees them: GitHub's, and Google's metadata server.

Source: https://docs.github.com/en/actions/reference/security/oidc and
https://docs.cloud.google.com/compute/docs/instances/verifying-instance-identity.
"""

from __future__ import annotations

from tpub.rehearsal.messages import Reply, Request, as_json
from tpub.rehearsal.site import Site

PATH = "/ci/github/"
GOOGLE = "/ci/google/"
_IDENTITY = "computeMetadata/v1/instance/service-accounts/default/identity"
_FLAVOR = {"Metadata-Flavor": "Google"}


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


def metadata(site: Site, request: Request) -> Reply:
    """Give a machine in Google's cloud an identity token; with the e-mail address only if all is asked for."""
    number, _, path = request.path.removeprefix(GOOGLE).partition("/")
    service = site.jobs.get(number)
    if request.headers.get("metadata-flavor") != "Google":
        return Reply(403, _FLAVOR, b"Missing Metadata-Flavor:Google header.")
    if service is None or path != _IDENTITY:
        return Reply(404, _FLAVOR)
    if not (audience := request.query.get("audience")):
        return Reply(400, _FLAVOR, b"non-empty audience parameter required")
    claims = dict(service.claims(audience))
    if request.query.get("format") != "full":
        claims = {name: value for name, value in claims.items() if not name.startswith("email")}
    return Reply(200, _FLAVOR, site.issuer.sign(claims).reveal().encode())
