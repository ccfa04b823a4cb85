"""The files that tell a CI what to do: read with positions, understood, and mended as text."""
