-- The sandbox's own books, in a database (or at least a schema) of their own. Won are whole numbers.
create schema if not exists sandbox;

create table if not exists sandbox.sessions (
    id text primary key,
    created_at timestamptz not null default now(),
    expires_at timestamptz not null,
    status text not null default 'open' check (status in ('open', 'complete', 'expired')),
    amount bigint not null check (amount > 0),
    title text not null,
    client_reference_id text,
    customer_email text,
    locale text,
    submit_type text,
    success_url text not null,
    cancel_url text,
    metadata jsonb not null default '{}',
    intent_metadata jsonb not null default '{}',
    intent_description text
);

-- One for each session, from the first card on.
create table if not exists sandbox.intents (
    id text primary key,
    session text not null unique references sandbox.sessions on delete restrict,
    created_at timestamptz not null default now(),
    status text not null check (status in ('requires_payment_method', 'requires_action', 'succeeded')),
    last_error text,
    card text not null,
    charge text unique,
    captured_at timestamptz,
    check ((status = 'succeeded') = (charge is not null and captured_at is not null))
);

create table if not exists sandbox.refunds (
    number bigserial primary key,
    id text not null unique,
    intent text not null references sandbox.intents on delete restrict,
    created_at timestamptz not null default now(),
    amount bigint not null check (amount > 0),
    reason text,
    metadata jsonb not null default '{}'
);
create index if not exists refunds_intent on sandbox.refunds (intent);

create table if not exists sandbox.events (
    number bigserial primary key,
    id text not null unique,
    created_at timestamptz not null default now(),
    type text not null,
    object jsonb not null,
    attempts int not null default 0,
    due_at timestamptz not null default now(),
    delivered_at timestamptz
);
create index if not exists events_due on sandbox.events (due_at) where delivered_at is null;

-- What was answered under an idempotency key; status and body are null only inside the first request.
create table if not exists sandbox.answers (
    key text primary key,
    created_at timestamptz not null default now(),
    request text not null,
    status int,
    body text
);

-- Rows with what their published shapes need from their neighbours.
create or replace view sandbox.session_rows as
    select s.*, i.id as intent from sandbox.sessions s left join sandbox.intents i on i.session = s.id;
create or replace view sandbox.intent_rows as
    select i.*, s.amount, s.intent_metadata, s.intent_description
      from sandbox.intents i join sandbox.sessions s on s.id = i.session;
-- What the practice Stripe keeps of a payment: 3.4 %, floored.
create or replace view sandbox.balance_rows as
    select 'txn_' || substr(i.charge, 4) as id, 'charge' as type, i.captured_at as created_at, s.amount, s.amount * 34 / 1000 as fee,
           i.id as source
      from sandbox.intents i join sandbox.sessions s on s.id = i.session where i.charge is not null
    union all
    select 'txn_' || substr(r.id, 4), 'refund', r.created_at, -r.amount, 0, r.id from sandbox.refunds r;
create or replace view sandbox.refund_rows as
    select r.*, i.charge from sandbox.refunds r join sandbox.intents i on i.id = r.intent;
