"""What the sandbox answers, in the shapes that Stripe publishes. Rows come from `books.py`."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

Row = Mapping[str, Any]
API_VERSION = "2026-10-28.endive"


def session(row: Row, *, origin: str = "") -> dict[str, Any]:
    """`origin` is where the sandbox's own pages are; only an open session has one."""
    is_open, amount = row["status"] == "open", row["amount"]
    return {
        "id": row["id"],
        "object": "checkout.session",
        "adaptive_pricing": {"enabled": False},
        "after_expiration": None,
        "allow_promotion_codes": None,
        "amount_subtotal": amount,
        "amount_total": amount,
        "automatic_tax": {"enabled": False, "liability": None, "provider": None, "status": None},
        "billing_address_collection": None,
        "cancel_url": row["cancel_url"],
        "client_reference_id": row["client_reference_id"],
        "client_secret": None,
        "collected_information": None,
        "consent": None,
        "consent_collection": None,
        "created": _seconds(row["created_at"]),
        "currency": "krw",
        "currency_conversion": None,
        "custom_fields": [],
        "custom_text": {
            "after_submit": None,
            "shipping_address": None,
            "submit": None,
            "terms_of_service_acceptance": None,
        },
        "customer": None,
        "customer_account": None,
        "customer_creation": "if_required",
        "customer_details": None,
        "customer_email": row["customer_email"],
        "discounts": [],
        "expires_at": _seconds(row["expires_at"]),
        "integration_identifier": None,
        "invoice": None,
        "invoice_creation": None,
        "livemode": False,
        "locale": row["locale"],
        "managed_payments": None,
        "metadata": row["metadata"],
        "mode": "payment",
        "origin_context": None,
        "payment_intent": row["intent"],
        "payment_link": None,
        "payment_method_collection": "if_required",
        "payment_method_configuration_details": None,
        "payment_method_options": {},
        "payment_method_types": ["card"],
        "payment_status": "paid" if row["status"] == "complete" else "unpaid",
        "permissions": None,
        "phone_number_collection": {"enabled": False},
        "recovered_from": None,
        "saved_payment_method_options": None,
        "setup_intent": None,
        "shipping_address_collection": None,
        "shipping_cost": None,
        "shipping_options": [],
        "status": row["status"],
        "submit_type": row["submit_type"],
        "subscription": None,
        "success_url": row["success_url"],
        "total_details": {"amount_discount": 0, "amount_shipping": 0, "amount_tax": 0},
        "ui_mode": "hosted_page",
        "url": f"{origin}/pay/{row['id']}" if is_open else None,
        "wallet_options": None,
    }


def intent(row: Row) -> dict[str, Any]:
    paid = row["status"] == "succeeded"
    return {
        "id": row["id"],
        "object": "payment_intent",
        "amount": row["amount"],
        "amount_capturable": 0,
        "amount_details": {"tip": {}},
        "amount_received": row["amount"] if paid else 0,
        "application": None,
        "application_fee_amount": None,
        "automatic_payment_methods": None,
        "canceled_at": None,
        "cancellation_reason": None,
        "capture_method": "automatic",
        "client_secret": None,
        "confirmation_method": "automatic",
        "created": _seconds(row["created_at"]),
        "currency": "krw",
        "customer": None,
        "customer_account": None,
        "description": row["intent_description"],
        "excluded_payment_method_types": None,
        "last_payment_error": _card_error(row["last_error"]),
        "latest_charge": row["charge"],
        "livemode": False,
        "managed_payments": None,
        "metadata": row["intent_metadata"],
        "next_action": {"type": "use_stripe_sdk"} if row["status"] == "requires_action" else None,
        "on_behalf_of": None,
        "payment_method": None,
        "payment_method_configuration_details": None,
        "payment_method_options": {},
        "payment_method_types": ["card"],
        "processing": None,
        "receipt_email": None,
        "review": None,
        "setup_future_usage": None,
        "shipping": None,
        "source": None,
        "statement_descriptor": None,
        "statement_descriptor_suffix": None,
        "status": row["status"],
        "transfer_data": None,
        "transfer_group": None,
    }


def charge(row: Row, *, refunded: int) -> dict[str, Any]:
    """A paid intent seen as its charge, as the event «charge.refunded» carries it."""
    return {
        "id": row["charge"],
        "object": "charge",
        "amount": row["amount"],
        "amount_captured": row["amount"],
        "amount_refunded": refunded,
        "application": None,
        "application_fee": None,
        "application_fee_amount": None,
        "balance_transaction": None,
        "billing_details": {"address": None, "email": None, "name": None, "phone": None, "tax_id": None},
        "calculated_statement_descriptor": None,
        "captured": True,
        "created": _seconds(row["captured_at"]),
        "currency": "krw",
        "customer": None,
        "description": row["intent_description"],
        "disputed": False,
        "failure_balance_transaction": None,
        "failure_code": None,
        "failure_message": None,
        "fraud_details": {},
        "livemode": False,
        "metadata": row["intent_metadata"],
        "on_behalf_of": None,
        "outcome": None,
        "paid": True,
        "payment_intent": row["id"],
        "payment_method": None,
        "payment_method_details": None,
        "receipt_email": None,
        "receipt_number": None,
        "receipt_url": None,
        "refunded": refunded == row["amount"],
        "review": None,
        "shipping": None,
        "source": None,
        "source_transfer": None,
        "statement_descriptor": None,
        "statement_descriptor_suffix": None,
        "status": "succeeded",
        "transfer_data": None,
        "transfer_group": None,
    }


def refund(row: Row) -> dict[str, Any]:
    return {
        "id": row["id"],
        "object": "refund",
        "amount": row["amount"],
        "balance_transaction": None,
        "charge": row["charge"],
        "created": _seconds(row["created_at"]),
        "currency": "krw",
        "customer": None,
        "customer_account": None,
        "destination_details": {"card": {"type": "refund"}, "type": "card"},
        "metadata": row["metadata"],
        "payment_intent": row["intent"],
        "payment_method": None,
        "reason": row["reason"],
        "receipt_number": None,
        "source_transfer_reversal": None,
        "status": "succeeded",
        "transfer_reversal": None,
    }


def balance_transaction(row: Row, *, source: dict[str, Any] | str) -> dict[str, Any]:
    """A line of the account. `source`: the charge or refund behind it, or its name."""
    fee = {
        "amount": row["fee"],
        "application": None,
        "currency": "krw",
        "description": None,
        "type": "stripe_fee",
    }
    return {
        "id": row["id"],
        "object": "balance_transaction",
        "amount": row["amount"],
        "available_on": _seconds(row["created_at"]),
        "balance_type": "payments",
        "created": _seconds(row["created_at"]),
        "currency": "krw",
        "description": None,
        "exchange_rate": None,
        "fee": row["fee"],
        "fee_details": [fee] if row["fee"] else [],
        "net": row["amount"] - row["fee"],
        "reporting_category": row["type"],
        "source": source,
        "status": "available",
        "type": row["type"],
    }


def event(row: Row) -> dict[str, Any]:
    return {
        "id": row["id"],
        "object": "event",
        "api_version": API_VERSION,
        "created": _seconds(row["created_at"]),
        "data": {"object": row["object"]},
        "livemode": False,
        "pending_webhooks": 0 if row["delivered_at"] else 1,
        "request": {"id": None, "idempotency_key": None},
        "type": row["type"],
    }


def page(items: list[dict[str, Any]], *, url: str, has_more: bool) -> dict[str, Any]:
    return {"object": "list", "url": url, "has_more": has_more, "data": items}


def _card_error(code: str | None) -> dict[str, Any] | None:
    if code is None:
        return None
    if code == "authentication":
        return {
            "type": "invalid_request_error",
            "code": "payment_intent_authentication_failure",
            "message": "The buyer did not confirm who they are.",
        }
    return {
        "type": "card_error",
        "code": "card_declined",
        "decline_code": code,
        "message": "The card was declined.",
    }


def _seconds(moment: datetime) -> int:
    return int(moment.timestamp())
