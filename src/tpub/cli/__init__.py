"""One file a command: parse, one library call, one report."""
