"""Places, people and what they offer."""
