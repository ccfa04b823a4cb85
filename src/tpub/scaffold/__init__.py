"""Workflow files for `tpub init`: what is there is looked at, what is missing is written."""
