"""The demo city: invented people and numbers around real villages, marked as samples."""
