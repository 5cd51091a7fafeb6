"""Everything that faces outside, and everything that starts."""
