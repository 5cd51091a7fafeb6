"""The practice Stripe as a process: its letters, its start, its end."""

import json

import httpx
import pytest

from storefront.cluster import Cluster
from tests.database import cloned_database
from tests.sandbox_process import Sandbox, opened, reread, run_sql, running_sandbox, sandbox_command

# What a killed sandbox had already sent to the database is done or gone afterwards.
LAST_WORDS = """
select pg_terminate_backend(pid, 5000) from pg_stat_activity
 where application_name = 'sandbox' and datname = current_database()
"""


def test_a_letter_comes_again_until_it_is_taken(sandbox: Sandbox, api: httpx.Client):
    session = opened(api)
    sandbox.inbox.refusals[session["id"]] = 1

    api.post(f"/checkout/sessions/{session['id']}/expire")
    body, _ = sandbox.inbox.wait_for_kind("checkout.session.expired", session["id"])

    assert [letter for letter in sandbox.inbox.refused if session["id"].encode() in letter[0]]
    assert json.loads(body)["data"]["object"]["status"] == "expired"


def test_what_a_killed_sandbox_had_not_told_is_told_by_the_next(cluster: Cluster, worker_id: str):
    with cloned_database(cluster, f"sandbox_killed_{worker_id}", template="template1") as url:
        with running_sandbox(url) as first, first.api() as api:
            session = opened(api)
            first.inbox.refusals[session["id"]] = 100
            api.post(f"/checkout/sessions/{session['id']}/expire")
            first.process.kill()

        run_sql(first, LAST_WORDS)
        run_sql(first, "update sandbox.events set due_at = now()")  # the lease of its last try is over
        with running_sandbox(url) as second, second.api() as api:
            assert reread(api, session)["status"] == "expired"
            second.inbox.wait_for_kind("checkout.session.expired", session["id"], seconds=60)


@pytest.mark.parametrize("key", ["sk_live_1", "something"])
def test_it_does_not_start_beside_a_live_key(key: str):
    with sandbox_command(
        "--webhook-url", "http://127.0.0.1:9/", STRIPE_SECRET_KEY=key,
        SANDBOX_DATABASE_URL="postgresql://nobody@127.0.0.1:9/x", SANDBOX_WEBHOOK_SECRET="whsec_1",
    ) as process:  # fmt: skip
        out, err = process.communicate(timeout=60)

    assert process.returncode == 2
    assert "refuses to run beside a live STRIPE_SECRET_KEY" in err.decode()
    assert out == b""


def test_without_its_database_it_ends_with_an_error():
    with sandbox_command(
        "--webhook-url", "http://127.0.0.1:9/",
        SANDBOX_DATABASE_URL="postgresql://nobody@127.0.0.1:9/x", SANDBOX_WEBHOOK_SECRET="whsec_1",
    ) as process:  # fmt: skip
        out, _ = process.communicate(timeout=60)

    assert process.returncode != 0
    assert out == b""
