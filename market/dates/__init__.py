"""Whether a session takes place, and what becomes of its parties where it does not."""
