"""The index's verdict before anything is sent.

A rule looks at what a `Context` shows and yields problems; the catalogue lists the rules in the order in which
the index would trip over them; `run.check` puts a verdict on each file.
"""
