"""The demo city: invented people and numbers around real villages, marked as samples."""


class DemoRefused(Exception):
    """The database holds villages already; its text is one clear line."""
