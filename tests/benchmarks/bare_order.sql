-- What one order writes, as bare SQL for pgbench: the same rows in the same tables, in one
-- transaction, with nothing checked and nobody asked. :referrers is how many there are.
\set referrer_number random(0, :referrers - 1)
BEGIN;
INSERT INTO profiles_profile
  (id, email, email_key, email_folded, phone, first_name, last_name, gender, shop, language,
   notes, source, search_text, created_at)
SELECT uuidv7(), address, address, address, '', 'Ana', '', '', '', 'fr', '', 'api',
  'ana ' || address, now()
FROM (SELECT 'ami-' || uuidv7() || '@exemple.fr') AS made (address)
RETURNING id AS referee, email AS referee_email \gset
INSERT INTO activity_order
  (id, external_id, profile_id, amount, currency, ordered_at, received_at, confirmed_at, source,
   state)
VALUES (uuidv7(), uuidv7()::text, :referee, 6000, 'EUR', now(), now(), now(), 'api', 'confirmed')
RETURNING id AS "order" \gset
SELECT code.code, profile.id AS referrer, profile.email AS referrer_email, version.id AS version
FROM referrals_code code
JOIN profiles_profile profile ON profile.id = code.profile_id, programme_version version
WHERE profile.email_key = 'parrain-' || :referrer_number::text || '@exemple.fr' \gset
INSERT INTO referrals_referral
  (id, referrer_id, referee_id, order_id, code_used, step, channel, state, refusal, facts,
   created_at)
VALUES (uuidv7(), :referrer, :referee, :order, :code, 'code', 'link', 'pending', '', '{}', now())
RETURNING id AS referral \gset
INSERT INTO ledger_account (id, kind, owner_id, unit)
VALUES (uuidv7(), 'wallet', :referrer, 'EUR'), (uuidv7(), 'wallet', :referee, 'EUR')
ON CONFLICT DO NOTHING;
WITH locked AS (
  SELECT id, owner_id FROM ledger_account
  WHERE kind = 'wallet' AND owner_id IN (:referrer, :referee) AND unit = 'EUR'
  ORDER BY id FOR UPDATE
)
SELECT (SELECT id FROM locked WHERE owner_id = :referrer) AS referrer_wallet,
  (SELECT id FROM locked WHERE owner_id = :referee) AS referee_wallet \gset
WITH made AS (
  INSERT INTO ledger_transfer
    (id, debit_id, credit_id, amount, kind, reason, source, key, created_at)
  VALUES
    (uuidv7(), '6531a17c-543d-5678-8872-66a126ffa31b', :referrer_wallet, 800, 'pending',
     'referral_referrer', 'referral ' || :referral, 'referral ' || :referral || ' referrer', now()),
    (uuidv7(), '6531a17c-543d-5678-8872-66a126ffa31b', :referee_wallet, 500, 'pending',
     'referral_referee', 'referral ' || :referral, 'referral ' || :referral || ' referee', now())
  RETURNING id, amount
)
SELECT (SELECT id FROM made WHERE amount = 800) AS referrer_transfer,
  (SELECT id FROM made WHERE amount = 500) AS referee_transfer \gset
INSERT INTO ledger_pending (transfer_id, wallet_id, remaining, incoming, due_at)
VALUES (:referrer_transfer, :referrer_wallet, 800, true, now() + interval '14 days'),
  (:referee_transfer, :referee_wallet, 500, true, now() + interval '14 days');
UPDATE ledger_account SET pending_in = pending_in + promised.amount
FROM (VALUES (:referrer_wallet::uuid, 800), (:referee_wallet::uuid, 500)) AS promised (id, amount)
WHERE ledger_account.id = promised.id;
WITH made AS (
  INSERT INTO programme_reward
    (id, referral_id, order_id, profile_id, side, version_id, amount, unit, transfer_id, state,
     due_at, granted_at)
  VALUES
    (uuidv7(), :referral, :order, :referrer, 'referrer', :version, 800, 'EUR',
     :referrer_transfer, 'pending', now() + interval '14 days', now()),
    (uuidv7(), :referral, :order, :referee, 'referee', :version, 500, 'EUR',
     :referee_transfer, 'pending', now() + interval '14 days', now())
  RETURNING id, amount
)
SELECT (SELECT id FROM made WHERE amount = 800) AS referrer_reward,
  (SELECT id FROM made WHERE amount = 500) AS referee_reward \gset
INSERT INTO programme_decision
  (id, code, decided_at, profile_id, order_id, referral_id, version_id, amount, unit, facts)
VALUES
  (uuidv7(), 'reward_promised', now(), :referrer, :order, :referral, :version, 800, 'EUR',
   '{"side": "referrer", "due_at": "2026-12-05T22:17:58.061295+00:00"}'),
  (uuidv7(), 'reward_promised', now(), :referee, :order, :referral, :version, 500, 'EUR',
   '{"side": "referee", "due_at": "2026-12-05T22:17:58.061295+00:00"}');
WITH made AS (
  INSERT INTO messaging_email
    (id, kind, key, profile_id, "to", language, context, state, subject, text, html,
     skipped_because, queued_at)
  VALUES
    (uuidv7(), 'reward_promised_referrer', 'reward-promised ' || :referrer_reward, :referrer,
     :referrer_email, 'fr',
     '{"unit": "EUR", "amount": 800, "referee": "Ana", "referrer": "Thomas", "first_name": "Thomas", "due_at": "2026-12-05T22:17:58.061295+00:00"}',
     'queued', '', '', '', '', now()),
    (uuidv7(), 'reward_promised_referee', 'reward-promised ' || :referee_reward, :referee,
     :referee_email, 'fr',
     '{"unit": "EUR", "amount": 500, "referee": "Ana", "referrer": "Thomas", "first_name": "Ana", "due_at": "2026-12-05T22:17:58.061295+00:00"}',
     'queued', '', '', '', '', now())
  RETURNING id, kind
)
SELECT (SELECT id FROM made WHERE kind = 'reward_promised_referrer') AS referrer_message,
  (SELECT id FROM made WHERE kind = 'reward_promised_referee') AS referee_message \gset
INSERT INTO outbox_event (id, kind, payload, state, created_at, due_at)
VALUES
  (uuidv7(), 'messaging.send', jsonb_build_object('email_id', :referrer_message::text), 'pending',
   now(), now()),
  (uuidv7(), 'messaging.send', jsonb_build_object('email_id', :referee_message::text), 'pending',
   now(), now());
UPDATE profiles_profile
SET first_order_at = now(), last_order_at = now(), order_count = 1, order_total = 6000
WHERE id = :referee;
INSERT INTO api_idempotency (id, key, fingerprint, status, body, created_at)
VALUES (uuidv7(), uuidv7()::text, repeat('0', 64), 201,
  jsonb_build_object('id', :order::text, 'test', false, 'state', 'confirmed', 'amount', 6000,
    'rewards', '[{"side": "referrer", "unit": "EUR", "state": "pending", "amount": 800, "due_at": "2026-12-05T22:17:58.061295Z", "reversed": 0}, {"side": "referee", "unit": "EUR", "state": "pending", "amount": 500, "due_at": "2026-12-05T22:17:58.061295Z", "reversed": 0}]'::jsonb,
    'currency', 'EUR', 'customer', :referee::text, 'referral', :referral::text,
    'referrer', :referrer::text,
    'explanation', '8,00 € disponibles le 5 déc. 2026, une fois le délai de retour passé.',
    'refunded', 0, 'ordered_at', now(), 'external_id', 'A2'),
  now());
COMMIT;
