"""The settings: what contradicts itself does not start, and says so in one line."""

import pytest

from storefront.settings import BadSettings, read_settings

PRODUCTION = {"ENVIRONMENT": "production", "SECRET_KEY": "k" * 40, "PUBLIC_URL": "https://market.example.kr"}


def read(tmp_path, **values):
    return read_settings({"DATA_DIR": str(tmp_path), **values}, env_file=None)


def test_nothing_set_is_a_shop_on_loopback_with_a_secret_of_its_own(tmp_path):
    first, second = read(tmp_path), read(tmp_path)

    assert (first.host, first.port, first.environment) == ("127.0.0.1", 8000, "development")
    assert first.secret_key == second.secret_key
    assert len(first.secret_key) > 32
    assert (tmp_path / "secret_key").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    ("values", "names"),
    [
        ({"PORT": "eighty"}, "PORT"),
        ({"ENVIRONMENT": "staging"}, "ENVIRONMENT"),
        ({"PAYMENT_HOLD_MINUTES": "34"}, "PAYMENT_HOLD_MINUTES"),
        ({"BANK_TRANSFER_DAYS": "0"}, "BANK_TRANSFER_DAYS"),
        ({"RATE_LIMITS": "maybe"}, "RATE_LIMITS"),
        ({"LOG_FORMAT": "xml"}, "LOG_FORMAT"),
        ({"STRIPE_SECRET_KEY": "sk_test_x"}, "STRIPE_WEBHOOK_SECRET"),
        (
            {
                "STRIPE_SECRET_KEY": "sk_live_x",
                "STRIPE_WEBHOOK_SECRET": "w",
                "STRIPE_API_BASE": "http://127.0.0.1:1",
            },
            "STRIPE_API_BASE",
        ),
        ({"MEILI_URL": "127.0.0.1:7700"}, "MEILI_URL"),
        ({"MEILI_URL": "http://127.0.0.1:77000"}, "MEILI_URL"),
        ({"MEILI_URL": "http://[::1"}, "MEILI_URL"),
        ({"MEILI_URL": "http://127.0.0.1:7700", "MEILI_KEY": "열쇠"}, "MEILI_KEY"),
        ({"MEILI_URL": "http://:password@127.0.0.1:7700"}, "MEILI_URL"),
        ({**PRODUCTION, "MEILI_URL": "http://search:7700", "MEILI_KEY": "short"}, "MEILI_KEY"),
        ({**PRODUCTION, "SECRET_KEY": ""}, "SECRET_KEY"),
        ({**PRODUCTION, "SECRET_KEY": "change-me"}, "SECRET_KEY"),
        ({**PRODUCTION, "PUBLIC_URL": "http://market.example.kr"}, "PUBLIC_URL"),
        ({**PRODUCTION, "RATE_LIMITS": "off"}, "RATE_LIMITS"),
        ({**PRODUCTION, "DEMO_PASSWORD": "demo"}, "DEMO_PASSWORD"),
        ({"SECRET_KEY_FILE": "/nowhere/at/all"}, "SECRET_KEY_FILE"),
    ],
)
def test_what_cannot_be_is_named_in_one_line(tmp_path, values, names):
    with pytest.raises(BadSettings, match=names) as refused:
        read(tmp_path, **values)

    assert "\n" not in str(refused.value)


def test_an_unknown_name_in_the_env_file_is_refused(tmp_path):
    env_file = tmp_path / ".env"
    env_file.write_text("PROT=8001\n", encoding="utf-8")

    with pytest.raises(BadSettings, match="PROT"):
        read_settings({"DATA_DIR": str(tmp_path)}, env_file=env_file)


def test_a_secret_may_stand_in_a_file(tmp_path):
    (tmp_path / "key").write_text("s" * 40 + "\n", encoding="utf-8")

    assert read(tmp_path, SECRET_KEY_FILE=str(tmp_path / "key")).secret_key == "s" * 40


def test_the_command_line_wins_over_the_environment(tmp_path):
    assert (
        read_settings({"DATA_DIR": str(tmp_path), "PORT": "1"}, given={"PORT": "2"}, env_file=None).port == 2
    )
