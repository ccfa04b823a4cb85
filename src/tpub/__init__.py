"""tpub publishes Python distributions by trusted publishing: whole, verified, or not at all."""

__version__ = "0.1.0"
