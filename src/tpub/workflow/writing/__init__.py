"""Jobs as tpub writes them, from templates: for `tpub init`, and for mends that take a whole job."""
