-- A merchant's years at once: %(n)s customers with three orders each, one in ten brought by another,
-- every second order with a cagnotte movement behind it. Ids are the row's number under a prefix.
INSERT INTO profiles_profile
  (id, email, email_key, email_folded, phone, first_name, last_name, gender, shop, language, notes,
   source, search_text, created_at, order_count, order_total, first_order_at, last_order_at)
SELECT ('00000000-0000-7000-8001-' || lpad(to_hex(i), 12, '0'))::uuid, mail, mail, mail,
  '+336' || lpad(i::text, 8, '0'), first, last, '', '', 'fr', '', 'import',
  lower(first) || ' ' || lower(last) || ' ' || mail || ' 06' || lpad(i::text, 8, '0'),
  now() - (i %% 900) * interval '1 day', 3, 18000, now() - (i %% 900) * interval '1 day',
  now() - (i %% 700) * interval '1 day'
FROM (
  SELECT i, 'client-' || i || '@exemple.fr' AS mail,
    (ARRAY['Camille', 'Thomas', 'Ines', 'Hugo', 'Lea', 'Marc'])[1 + i %% 6] AS first,
    (ARRAY['Rouviere', 'Delmas', 'Ferrand', 'Marchetti', 'Diallo', 'Lassalle', 'Tissier'])[1 + i %% 7]
      || ' ' || i AS last
  FROM generate_series(1, %(n)s) AS i
) AS people;
INSERT INTO activity_order
  (id, external_id, profile_id, amount, currency, ordered_at, received_at, confirmed_at, source,
   state)
SELECT ('00000000-0000-7000-8002-' || lpad(to_hex(i), 12, '0'))::uuid, 'CMD-' || i,
  ('00000000-0000-7000-8001-' || lpad(to_hex(1 + i %% %(n)s), 12, '0'))::uuid, 6000, 'EUR', at, at, at,
  'api', 'confirmed'
FROM (SELECT i, now() - (i %% 900) * interval '1 day' AS at
      FROM generate_series(1, 3 * %(n)s) AS i) AS orders;
INSERT INTO referrals_code (id, code, profile_id, created_at)
SELECT ('00000000-0000-7000-8003-' || lpad(to_hex(i), 12, '0'))::uuid, 'CODE-' || i,
  ('00000000-0000-7000-8001-' || lpad(to_hex(i), 12, '0'))::uuid, now() - interval '900 days'
FROM generate_series(1, %(n)s) AS i;
INSERT INTO referrals_click (id, code_id, channel, clicked_at)
SELECT ('00000000-0000-7000-8004-' || lpad(to_hex(i), 12, '0'))::uuid,
  ('00000000-0000-7000-8003-' || lpad(to_hex(1 + i %% %(n)s), 12, '0'))::uuid, 'link',
  now() - (i %% 900) * interval '1 day'
FROM generate_series(1, %(n)s) AS i;
INSERT INTO referrals_invitation (id, referrer_id, email, email_key, email_hash, first_name,
  created_at, forget_at)
SELECT ('00000000-0000-7000-8005-' || lpad(to_hex(i), 12, '0'))::uuid,
  ('00000000-0000-7000-8001-' || lpad(to_hex(1 + i %% (1 + %(n)s / 20)), 12, '0'))::uuid,
  'proche-' || i || '@exemple.fr', 'proche-' || i || '@exemple.fr', md5(i::text), '',
  now() - (i %% 900) * interval '1 day', now() + interval '90 days'
FROM generate_series(1, %(n)s / 5) AS i;
INSERT INTO referrals_referral
  (id, referrer_id, referee_id, order_id, code_used, step, channel, state, refusal, facts,
   created_at, decided_at)
SELECT ('00000000-0000-7000-8006-' || lpad(to_hex(i), 12, '0'))::uuid,
  ('00000000-0000-7000-8001-' || lpad(to_hex(1 + i %% (1 + %(n)s / 20)), 12, '0'))::uuid,
  ('00000000-0000-7000-8001-' || lpad(to_hex(%(n)s / 2 + i), 12, '0'))::uuid,
  ('00000000-0000-7000-8002-' || lpad(to_hex(%(n)s / 2 + i - 1), 12, '0'))::uuid, 'CODE', 'code',
  'link', 'validated', '', '{}', now() - (i %% 900) * interval '1 day', now()
FROM generate_series(1, %(n)s / 10) AS i;
INSERT INTO ledger_account (id, kind, owner_id, unit, posted, earned)
SELECT ('00000000-0000-7000-8007-' || lpad(to_hex(i), 12, '0'))::uuid, 'wallet',
  ('00000000-0000-7000-8001-' || lpad(to_hex(i), 12, '0'))::uuid, 'EUR', 0, 0
FROM generate_series(1, %(n)s) AS i;
INSERT INTO ledger_account (id, kind, unit) VALUES (%(issued)s, 'issued', 'EUR')
ON CONFLICT DO NOTHING;
INSERT INTO ledger_transfer (id, debit_id, credit_id, amount, kind, reason, source, key, expires_at,
  created_at)
SELECT ('00000000-0000-7000-8008-' || lpad(to_hex(i), 12, '0'))::uuid, %(issued)s,
  ('00000000-0000-7000-8007-' || lpad(to_hex(1 + i %% %(n)s), 12, '0'))::uuid, 60, 'posted',
  'earned_order', 'order:' || i, 'bench:' || i, at + interval '3 years', at
FROM (SELECT i, now() - (900 - 600 * i / %(n)s) * interval '1 day' AS at
      FROM generate_series(1, 3 * %(n)s / 2) AS i) AS earned;
INSERT INTO ledger_lot (transfer_id, wallet_id, remaining, expires_at)
SELECT id, credit_id, amount, expires_at FROM ledger_transfer WHERE reason = 'earned_order';
UPDATE ledger_account SET posted = sums.total, earned = sums.total
FROM (SELECT wallet_id, sum(remaining) AS total FROM ledger_lot GROUP BY 1) AS sums
WHERE ledger_account.id = sums.wallet_id;
INSERT INTO programme_reward (id, referral_id, order_id, profile_id, side, version_id, amount, unit,
  transfer_id, state, granted_at, posted_at)
SELECT ('00000000-0000-7000-8009-' || right(referral.id::text, 12))::uuid, referral.id,
  referral.order_id, referral.referrer_id, 'referrer', version.id, 800, 'EUR', referral.id, 'posted',
  referral.created_at, now()
FROM referrals_referral AS referral, programme_version AS version;
