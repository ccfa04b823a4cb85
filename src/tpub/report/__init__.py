"""An `Outcome` for eyes and for programs. Reports render words and know no deeds."""
