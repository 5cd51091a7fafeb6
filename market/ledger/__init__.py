"""The double-entry journal: every won that moves, and whose it is."""
