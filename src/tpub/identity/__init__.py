"""Who is publishing."""
