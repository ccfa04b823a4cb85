"""Attestations (PEP 740): read, compared, signed, verified. The only door to sigstore.

Reading and comparing needs nothing beyond tpub's own dependencies, so that the verdict on an attestation does not
depend on what is installed. Signing and verifying signatures needs the extra `tpub[attestations]`.
"""
