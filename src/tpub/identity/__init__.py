"""Who is publishing: where identity tokens come from, and whom an index trusts."""
