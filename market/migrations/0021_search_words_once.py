"""A search document's words stand in the index alone: twice more beside it they cost more than all the rest."""

from tortoise import migrations
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    dependencies = [("market", "0018_accounts_forgotten_and_second_endings")]

    initial = False

    operations = [
        ops.RemoveField(model_name="SearchEntry", name="names"),
        ops.RemoveField(model_name="SearchEntry", name="others"),
        ops.RemoveField(model_name="SearchEntry", name="payload"),
    ]
