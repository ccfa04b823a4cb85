"""What several tests share: small distributions, made in a moment."""
