"""Pictures: checked, made small, kept and shown. Knows nothing of villages."""
