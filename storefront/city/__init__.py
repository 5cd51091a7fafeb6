"""The city staff's pages."""
