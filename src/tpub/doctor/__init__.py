"""What stops a release: evidence is gathered, causes are looked for, and the one that counts comes first."""
