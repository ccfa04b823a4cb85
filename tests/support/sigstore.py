"""A stand-in for sigstore on loopback: a certificate authority, a certificate log and a transparency log of its own.

Certificates, timestamps, inclusion proofs and checkpoints are real and verify against its root; nothing of the
signing library is replaced.
"""

from __future__ import annotations

import base64
import hashlib
import json
import struct
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from support.loopback import Answer, Asked, Loopback, serving
from tpub.identity import jwt
from tpub.secret import Secret

_SCT_LIST = x509.ObjectIdentifier("1.3.6.1.4.1.11129.2.4.2")
_ARC = "1.3.6.1.4.1.57264.1."
_ORIGIN = "a-log"


def _encoded(content: bytes) -> str:
    return base64.b64encode(content).decode()


def _spki(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)


def _signed(key: ec.EllipticCurvePrivateKey, content: bytes) -> bytes:
    return key.sign(content, ec.ECDSA(hashes.SHA256()))


def _key() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


@dataclass
class Sigstore:
    """What it does, and whose keys; `life` of certificates in seconds, statuses other than 200 are its answers."""

    life: float = 600.0
    fulcio_status: int = 200
    rekor_status: int = 200
    latency: float = 0.0
    fails_after: int | None = None
    """So many log entries are written, and then the log answers 503."""
    tokens: list[str] = field(default_factory=list)
    """The identity tokens that certificates were asked for with."""
    bodies: list[bytes] = field(default_factory=list)
    """The entries of the log."""
    server: Loopback = field(default_factory=lambda: Loopback(""))
    config: Path = Path()
    """The trust configuration that leads here."""

    def __post_init__(self) -> None:
        self._authority, self._certificate_log, self._log = _key(), _key(), _key()
        self._root = self._self_signed()
        self._lock = threading.Lock()

    def answer(self, asked: Asked) -> Answer:
        """Answer, and close the connection: the library leaves that to the garbage collector, which Python notices."""
        found = self._answer(asked)
        found.headers["Connection"] = "close"
        return found

    def _answer(self, asked: Asked) -> Answer:
        time.sleep(self.latency)
        if asked.path == "/api/v2/signingCert":
            return self._certify(asked)
        if asked.path == "/api/v1/log/entries":
            return self._enter(asked)
        return Answer(404, b"")

    def _self_signed(self) -> x509.Certificate:
        now = datetime.now(UTC)
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "a root")])
        public = self._authority.public_key()
        return (
            x509.CertificateBuilder(name, name, public, x509.random_serial_number())
            .not_valid_before(now - timedelta(days=1))
            .not_valid_after(now + timedelta(days=1))
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(_usage(certify=True), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
            .sign(self._authority, hashes.SHA256())
        )

    def _certify(self, asked: Asked) -> Answer:
        token = asked.headers["authorization"].removeprefix("Bearer ")
        self.tokens.append(token)
        claims = jwt.read(Secret(token))
        if self.fulcio_status != 200:
            return Answer(self.fulcio_status, {"message": "no"})
        if claims is None or claims["aud"] != "sigstore":
            return Answer(400, {"message": "There was an error processing the identity token"})
        request = json.loads(asked.body)["certificateSigningRequest"]
        public = x509.load_pem_x509_csr(base64.b64decode(request)).public_key()
        assert isinstance(public, ec.EllipticCurvePublicKey)
        leaf = self._leaf(public, claims)
        chain = [cert.public_bytes(serialization.Encoding.PEM).decode() for cert in (leaf, self._root)]
        return Answer(200, {"signedCertificateEmbeddedSct": {"chain": {"certificates": chain}}})

    def _leaf(self, public: ec.EllipticCurvePublicKey, claims: Mapping[str, object]) -> x509.Certificate:
        now = datetime.now(UTC)
        builder = (
            x509.CertificateBuilder(self._root.subject, x509.Name([]), public, x509.random_serial_number())
            .not_valid_before(now - timedelta(seconds=1))
            .not_valid_after(now + timedelta(seconds=self.life))
            .add_extension(_usage(certify=False), critical=True)
            .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CODE_SIGNING]), critical=False)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(self._authority.public_key()), critical=False
            )
            .add_extension(x509.SubjectAlternativeName([_subject(claims)]), critical=True)
        )
        for number, text in certified(claims).items():
            value = b"\x0c" + _length(len(text.encode())) + text.encode()
            extension = x509.UnrecognizedExtension(x509.ObjectIdentifier(_ARC + number), value)
            builder = builder.add_extension(extension, critical=False)
        unlogged = builder.sign(self._authority, hashes.SHA256())
        timestamps = self._timestamps(unlogged.tbs_certificate_bytes)
        return builder.add_extension(x509.UnrecognizedExtension(_SCT_LIST, timestamps), critical=False).sign(
            self._authority, hashes.SHA256()
        )

    def _timestamps(self, tbs: bytes) -> bytes:
        """Return the extension with one signed certificate timestamp (RFC 6962, section 3.3)."""
        now = int(time.time() * 1000)
        issuer = hashlib.sha256(_spki(self._authority)).digest()
        entry = issuer + struct.pack("!I", len(tbs))[1:] + tbs
        signature = _signed(self._certificate_log, struct.pack("!BBQH", 0, 0, now, 1) + entry + b"\x00\x00")
        log_id = hashlib.sha256(_spki(self._certificate_log)).digest()
        sct = struct.pack("!B32sQH", 0, log_id, now, 0) + struct.pack("!BBH", 4, 3, len(signature)) + signature
        listed = struct.pack("!H", len(sct)) + sct
        content = struct.pack("!H", len(listed)) + listed
        return b"\x04" + _length(len(content)) + content

    def _enter(self, asked: Asked) -> Answer:
        if self.rekor_status != 200:
            return Answer(self.rekor_status, {"code": self.rekor_status, "message": "no"})
        proposed = json.loads(asked.body)["spec"]["proposedContent"]
        body = _canonical(_entry(proposed))
        with self._lock:
            if self.fails_after is not None and len(self.bodies) >= self.fails_after:
                return Answer(503, {"code": 503, "message": "no"})
            self.bodies.append(body)
            index, leaves = len(self.bodies) - 1, [_leaf_hash(b) for b in self.bodies]
        return Answer(201, {hashlib.sha256(body).hexdigest(): self._logged(body, index, leaves)})

    def _logged(self, body: bytes, index: int, leaves: list[bytes]) -> dict[str, Any]:
        log_id = hashlib.sha256(_spki(self._log)).digest()
        promise = {"body": _encoded(body), "integratedTime": int(time.time()), "logID": log_id.hex(), "logIndex": index}
        root = _root_hash(leaves)
        note = f"{_ORIGIN}\n{len(leaves)}\n{_encoded(root)}\n"
        signature = _encoded(log_id[:4] + _signed(self._log, note.encode()))
        proof = {
            "checkpoint": f"{note}\n\u2014 {_ORIGIN} {signature}\n",
            "hashes": [node.hex() for node in _path(index, leaves)],
            "logIndex": index,
            "rootHash": root.hex(),
            "treeSize": len(leaves),
        }
        promised = _encoded(_signed(self._log, _canonical(promise)))
        return promise | {"verification": {"inclusionProof": proof, "signedEntryTimestamp": promised}}

    def document(self) -> dict[str, Any]:
        """Return the trust configuration."""
        since = {"start": "2020-01-01T00:00:00Z"}
        service = {"url": self.server.url, "majorApiVersion": 1, "validFor": since, "operator": "tests"}
        return {
            "mediaType": "application/vnd.dev.sigstore.clienttrustconfig.v0.1+json",
            "trustedRoot": {
                "mediaType": "application/vnd.dev.sigstore.trustedroot+json;version=0.1",
                "tlogs": [self._instance(self._log)],
                "ctlogs": [self._instance(self._certificate_log)],
                "certificateAuthorities": [
                    {
                        "subject": {"organization": "tests", "commonName": "a root"},
                        "uri": self.server.url,
                        "certChain": {
                            "certificates": [
                                {"rawBytes": _encoded(self._root.public_bytes(serialization.Encoding.DER))}
                            ]
                        },
                        "validFor": since,
                    }
                ],
                "timestampAuthorities": [],
            },
            "signingConfig": {
                "mediaType": "application/vnd.dev.sigstore.signingconfig.v0.2+json",
                "caUrls": [service],
                "oidcUrls": [],
                "rekorTlogUrls": [service],
                "rekorTlogConfig": {"selector": "ANY"},
                "tsaUrls": [],
                "tsaConfig": {"selector": "ANY"},
            },
        }

    def _instance(self, key: ec.EllipticCurvePrivateKey) -> dict[str, Any]:
        public = {
            "rawBytes": _encoded(_spki(key)),
            "keyDetails": "PKIX_ECDSA_P256_SHA_256",
            "validFor": {"start": "2020-01-01T00:00:00Z"},
        }
        return {
            "baseUrl": self.server.url,
            "hashAlgorithm": "SHA2_256",
            "publicKey": public,
            "logId": {"keyId": _encoded(hashlib.sha256(_spki(key)).digest())},
        }


def certified(claims: Mapping[str, object]) -> dict[str, str]:
    """Return the certificate's extensions for an identity token, by the last number of their OID, as Fulcio does."""
    named = {"8": str(claims["iss"])}
    if "job_workflow_ref" in claims:
        site = f"https://github.com/{claims['repository']}"
        workflow = f"https://github.com/{claims.get('workflow_ref', claims['job_workflow_ref'])}"
        signer = f"https://github.com/{claims['job_workflow_ref']}"
        return named | {"9": signer, "12": site, "13": str(claims["sha"]), "14": str(claims["ref"]), "18": workflow}
    if "project_path" in claims:
        site = f"{claims['iss']}/{claims['project_path']}"
        config = f"https://{claims['ci_config_ref_uri']}"
        return named | {"9": config, "12": site, "13": str(claims["sha"]), "14": str(claims["ref_path"]), "18": config}
    return named


def _subject(claims: Mapping[str, object]) -> x509.GeneralName:
    if "email" in claims:
        return x509.RFC822Name(str(claims["email"]))
    return x509.UniformResourceIdentifier(certified(claims)["9"])


def _usage(*, certify: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not certify,
        key_cert_sign=certify,
        crl_sign=certify,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _length(number: int) -> bytes:
    if number < 128:
        return bytes([number])
    content = number.to_bytes((number.bit_length() + 7) // 8)
    return bytes([128 + len(content)]) + content


def _entry(proposed: Mapping[str, Any]) -> dict[str, Any]:
    """Return the log's entry of an envelope (kind dsse, version 0.0.1)."""
    envelope = json.loads(proposed["envelope"])
    digests = {
        "envelopeHash": hashlib.sha256(proposed["envelope"].encode()).hexdigest(),
        "payloadHash": hashlib.sha256(base64.b64decode(envelope["payload"])).hexdigest(),
    }
    spec: dict[str, Any] = {name: {"algorithm": "sha256", "value": value} for name, value in digests.items()}
    spec["signatures"] = [{"signature": envelope["signatures"][0]["sig"], "verifier": proposed["verifiers"][0]}]
    return {"apiVersion": "0.0.1", "kind": "dsse", "spec": spec}


def _canonical(document: object) -> bytes:
    return json.dumps(document, sort_keys=True, separators=(",", ":")).encode()


def _leaf_hash(body: bytes) -> bytes:
    return hashlib.sha256(b"\x00" + body).digest()


def _root_hash(leaves: list[bytes]) -> bytes:
    """Return the root of a Merkle tree (RFC 6962, section 2.1)."""
    if len(leaves) == 1:
        return leaves[0]
    half = _split(len(leaves))
    return hashlib.sha256(b"\x01" + _root_hash(leaves[:half]) + _root_hash(leaves[half:])).digest()


def _path(index: int, leaves: list[bytes]) -> list[bytes]:
    """Return the audit path of a leaf, from the bottom up (RFC 6962, section 2.1.1)."""
    if len(leaves) == 1:
        return []
    half = _split(len(leaves))
    if index < half:
        return [*_path(index, leaves[:half]), _root_hash(leaves[half:])]
    return [*_path(index - half, leaves[half:]), _root_hash(leaves[:half])]


def _split(size: int) -> int:
    return 1 << ((size - 1).bit_length() - 1)


@contextmanager
def sigstore(folder: Path, **knobs: Any) -> Iterator[Sigstore]:  # noqa: ANN401  (a dataclass's fields)
    """Run a stand-in; its trust configuration lies in `folder`."""
    found = Sigstore(**knobs)
    with serving(found.answer) as server:
        found.server = server
        found.config = folder / "trust-config.json"
        found.config.write_text(json.dumps(found.document()), encoding="utf-8")
        yield found
