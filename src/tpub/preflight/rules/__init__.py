"""The rules, one file a subject; none registers itself: see `tpub.preflight.catalogue`."""
