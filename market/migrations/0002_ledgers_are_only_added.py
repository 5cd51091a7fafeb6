"""Movements, payment events and moves of parts are only added: the database refuses to change or remove them."""

from tortoise import migrations
from tortoise.migrations import operations as ops

LEDGERS = ("movements", "payment_events", "part_moves")

REFUSE = """
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is a ledger: its rows are only added', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
"""


async def guard(apps, schema_editor) -> None:
    guards = [
        f"CREATE TRIGGER {table}_only_added BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();"
        for table in LEDGERS
    ]
    await schema_editor.client.execute_script(REFUSE + "\n".join(guards))


async def unguard(apps, schema_editor) -> None:
    await schema_editor.client.execute_script("DROP FUNCTION refuse_change() CASCADE;")


class Migration(migrations.Migration):
    dependencies = [("market", "0001_stock_orders_payments_figures")]

    operations = [ops.RunPython(code=guard, reverse_code=unguard)]
