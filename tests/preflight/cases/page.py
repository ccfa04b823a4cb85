"""What stands on a project's page: classifiers, addresses, the description."""

from __future__ import annotations

from preflight.cases.model import Case, sdist

_RST = "text/x-rst"

CLASSIFIERS = (
    Case(
        "classifier-unknown",
        "a guard against publishing",
        sdist(Classifier="Private :: Do Not Upload"),
        sdist(Classifier="Programming Language :: Python :: 3"),
    ),
    Case(
        "classifier-unknown",
        "in lower case",
        sdist(Classifier="programming language :: python :: 3"),
        sdist(Classifier="Typing :: Typed"),
    ),
    Case(
        "classifier-deprecated",
        "with a successor",
        sdist(Classifier="Natural Language :: Ukranian"),
        sdist(Classifier="Natural Language :: Ukrainian"),
    ),
)
EMAILS = (
    Case("email-invalid", "no domain", sdist(Author_Email="someone"), sdist(Author_Email="someone@example.org")),
    Case(
        "email-invalid",
        "a reserved domain",
        sdist(Author_Email="Dev <dev@company.local>"),
        sdist(Author_Email="Dev <dev@example.com>"),
    ),
    Case(
        "email-invalid",
        "the maintainer's",
        sdist(Maintainer_Email="m@corp.test"),
        sdist(Maintainer_Email="m@corp.test, n@example.org"),
    ),
    Case(
        "email-invalid",
        "after a name in quotes",
        sdist(Author_Email='"Doe, (Jane" <jane@corp.test>'),
        sdist(Author_Email="Doe, Jane <jane@corp.test>"),
    ),
    Case(
        "email-invalid",
        "with a comma at the end",
        sdist(Author_Email="jane@corp.test,"),
        sdist(Author_Email="Jane (Doe <jane@corp.test>"),
    ),
    Case(
        "email-invalid",
        "with a comment",
        sdist(Author_Email="jane@corp.test (Jane)"),
        sdist(Author_Email="jane@corp.test Jane)"),
    ),
    Case("email-invalid", "an IP address", sdist(Author_Email="a@127.0.0.1"), sdist(Author_Email="a@[127.0.0.1]")),
)
URLS = (
    Case("home-page-invalid", "no scheme", sdist(Home_Page="www.example.org"), sdist(Home_Page="http://example.org")),
    Case(
        "home-page-invalid",
        "another scheme",
        sdist(Home_Page="git+ssh://git@example.org/x"),
        sdist(Home_Page="UNKNOWN"),
    ),
    Case(
        "download-url-invalid",
        "FTP",
        sdist(Download_Url="ftp://example.org/x"),
        sdist(Download_Url="https://example.org/x?y#z"),
    ),
    Case(
        "project-url-label-missing",
        "no label",
        sdist(Project_Url=", https://example.org"),
        sdist(Project_Url="A, https://example.org"),
    ),
    Case(
        "project-url-label-too-long",
        "33 characters",
        sdist(Project_Url="L" * 33 + ", https://example.org"),
        sdist(Project_Url="L" * 32 + ", https://example.org"),
    ),
    Case(
        "project-url-empty", "no URL", sdist(Project_Url="Source"), sdist(Project_Url="Source, https://example.org/a,b")
    ),
    Case(
        "project-url-invalid",
        "an address for git",
        sdist(Project_Url="Source, git@example.org:o/r.git"),
        sdist(Project_Url="Source, https://example.org/o/r.git"),
    ),
    Case(
        "project-url-invalid",
        "a port that is none",
        sdist(Project_Url="Source, https://example.org:99999/"),
        sdist(Project_Url="Source, HTTPS://EXAMPLE.ORG"),
    ),
    Case(
        "project-url-label-duplicate",
        "the same label",
        sdist(extra="Project-URL: A, https://example.org/1\nProject-URL: A, https://example.org/2\n"),
        sdist(extra="Project-URL: A, https://example.org/1\nProject-URL: a, https://example.org/2\n"),
    ),
)
DESCRIPTIONS = (
    Case(
        "description-rst-broken",
        "a short underline",
        sdist(Description_Content_Type=_RST, body="A title\n====\n\nText\n"),
        sdist(Description_Content_Type=_RST, body="Title\n=====\n\nText\n"),
    ),
    Case(
        "description-rst-broken",
        "a directive of Sphinx",
        sdist(Description_Content_Type=_RST, body=".. automodule:: sample\n"),
        sdist(Description_Content_Type=_RST, body=".. note:: sample\n"),
    ),
    Case(
        "description-default-rst-broken",
        "Markdown without content type",
        sdist(Description_Content_Type="", body="# Title\n\n[a_](https://example.org)\n"),
        sdist(Description_Content_Type="", body="# Title\n\nText\n"),
    ),
    Case(
        "description-rst-empty",
        "a comment alone",
        sdist(Description_Content_Type=_RST, body=".. nothing\n"),
        sdist(Description_Content_Type=_RST, body=".. nothing\n\nsomething\n"),
    ),
    Case(
        "description-rst-empty",
        "a title alone, which is taken for the page's",
        sdist(Description_Content_Type=_RST, body="Title\n=====\n"),
        sdist(Description_Content_Type="text/markdown", body="Title\n=====\n"),
    ),
    Case(
        "description-rst-empty",
        "a line feed alone",
        sdist(Description_Content_Type="", body="\n"),
        sdist(Description_Content_Type="text/plain", body="\n"),
    ),
    Case(
        "description-markdown-empty",
        "a link definition alone",
        sdist(body="[a]: https://example.org\n"),
        sdist(body="[a]: https://example.org\n\n<!-- nothing -->\n"),
    ),
)
_SLOW = ".. |a| replace:: x\n\n"

NOTES = (
    Case(
        "description-not-rendered",
        "a text that takes a minute",
        sdist(Description_Content_Type=_RST, body=_SLOW + "|a| \n" * 30_000),
        sdist(Description_Content_Type=_RST, body=_SLOW + "|a| \n" * 30),
    ),
)
CASES = (*CLASSIFIERS, *EMAILS, *URLS, *DESCRIPTIONS, *NOTES)
