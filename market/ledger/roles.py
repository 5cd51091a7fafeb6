"""What the database role of a running shop may do with ledgers: read them and add to them.

Triggers refuse every change of a row of `LEDGERS`. Their owner could put a trigger aside; so in production the tables
belong to a role that only `jangnal migrate` uses, and web and worker are another one, which is granted `GRANTS`.
"""

LEDGERS = (
    "journal_transactions",
    "journal_legs",
    "movements",
    "payment_events",
    "part_moves",
    "booking_moves",
    "statements",
    "statement_lines",
)
GRANTS = f"""
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {{role}};
GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {{role}};
REVOKE UPDATE, DELETE ON {", ".join(LEDGERS)} FROM {{role}};
"""
