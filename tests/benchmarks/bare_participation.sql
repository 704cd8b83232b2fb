-- What one participation and its delivery to a partner write, as bare SQL for pgbench: the same
-- rows in the same tables, in the two transactions in which they are written, with nothing checked
-- and nobody asked. {major} and {minor} are the two schemas; the emails' HTML is left out.
BEGIN;
INSERT INTO {major}.profiles_profile
  (id, email, email_key, email_folded, phone, first_name, last_name, gender, shop, language,
   notes, source, search_text, created_at)
SELECT uuidv7(), address, address, address, '', 'Ana', '', '', '', 'fr', '', 'operation',
  'ana ' || address, now()
FROM (SELECT 'ami-' || uuidv7() || '@exemple.fr') AS made (address)
RETURNING id AS person, email AS address \gset
INSERT INTO {major}.operations_participation
  (id, operation_id, module_id, profile_id, source_kind, source_ref, day, slot, person_key,
   is_test, rehearsal, state, language, fields, answers, outcome, was_new, is_first,
   is_first_in_module, is_first_optin, boxes, going, form_version, key, body_hash, created_at)
SELECT uuidv7(), module.operation_id, module.id, :person, 'site', '', current_date, '',
  repeat(md5(:address), 2), false, 0, 'counted', 'fr',
  jsonb_build_object('email', :address::text, 'first_name', 'Ana'), '{}', '{"kind": "taken"}',
  true, true, true, false, '[]', jsonb_build_object(partner.partnership_id, '["first_name", "email"]'::jsonb),
  'bf54217739fa42e6', md5(:address), repeat(md5(:address), 2), now()
FROM {major}.operations_module module
JOIN {major}.operations_module_partner partner ON partner.module_id = module.id
RETURNING id AS participation \gset
INSERT INTO {major}.profiles_consent
  (id, profile_id, purpose, controller_tenant_id, controller_name, policy_url, text, text_hash,
   form_version, language, source_kind, source, granted_at, needs_confirmation)
SELECT uuidv7(), :person, 'news', partner_tenant_id, 'Marque invitée',
  'https://brulerie-noe.example/donnees',
  'J’accepte de recevoir les offres de Marque invitée par e-mail.', repeat(md5(:address), 2),
  'bf54217739fa42e6', 'fr', 'operation',
  jsonb_build_object('module', 'mod_01m8j7hhaae2a9yaxc9d65ryx2', 'came_by', 'site', 'operation',
    'opn_01m8j7hha9eey9hpkx0bt44smr', 'reference', '', 'participation', :participation::text),
  now(), false
FROM {major}.operations_module_partner
RETURNING id AS consent \gset
INSERT INTO {major}.operations_share
  (id, participation_id, partnership_id, partner_tenant_id, state, fields, consent_id, is_first,
   is_first_optin, created_at)
SELECT uuidv7(), :participation, partnership_id, partner_tenant_id, 'pending',
  '["first_name", "email"]', :consent, true, true, now()
FROM {major}.operations_module_partner
RETURNING id AS share \gset
INSERT INTO {major}.messaging_email
  (id, kind, key, profile_id, "to", language, context, state, subject, text, html,
   skipped_because, queued_at)
VALUES (uuidv7(), 'operation_receipt', 'operation_receipt:' || :participation, :person, :address,
  'fr', jsonb_build_object('path', '/o/choix/' || repeat(md5(:address), 2), 'brands',
    'Marque invitée', 'played', 'Formulaire', 'result', '', 'operation', 'Un automne à la maison',
    'first_name', 'Ana', 'organisers', 'Live Lumen et Marque invitée'),
  'queued', '', '', '', '', now())
RETURNING id AS message \gset
INSERT INTO {major}.outbox_event (id, kind, key, payload, state, created_at, due_at)
VALUES
  (uuidv7(), 'operations.share', 'operations.share:' || :share,
   jsonb_build_object('participation', :participation::text), 'pending', now(), now()),
  (uuidv7(), 'messaging.send', NULL, jsonb_build_object('email_id', :message::text), 'pending',
   now(), now());
COMMIT;
BEGIN;
INSERT INTO {minor}.profiles_profile
  (id, email, email_key, email_folded, phone, first_name, last_name, gender, shop, language,
   notes, source, search_text, created_at, consented_at)
VALUES (uuidv7(), :address, :address, :address, '', 'Ana', '', '', '', 'fr', '', 'partner',
  'ana ' || :address, now(), now())
RETURNING id AS person_there \gset
INSERT INTO {minor}.profiles_consent
  (id, profile_id, purpose, controller_name, policy_url, text, text_hash, form_version, language,
   source_kind, source, granted_at, needs_confirmation)
VALUES (uuidv7(), :person_there, 'news', 'Marque invitée', 'https://brulerie-noe.example/donnees',
  'J’accepte de recevoir les offres de Marque invitée par e-mail.', repeat(md5(:address), 2),
  'bf54217739fa42e6', 'fr', 'partner',
  jsonb_build_object('consent', :consent::text, 'participation', :participation::text), now(),
  false)
RETURNING id AS consent_there \gset
INSERT INTO {minor}.operations_received_participation
  (id, participation_id, operation_id, module_id, profile_id, consent_id, proof, fields, day,
   was_new, is_first, is_first_in_module, is_first_optin, brought_by, source_kind, source_ref,
   received_at)
SELECT uuidv7(), :participation, operation.id, module.id, :person_there, :consent_there, :consent,
  jsonb_build_object('email', :address::text, 'first_name', 'Ana'), current_date, true, true, true,
  true, 'major', 'site', '', now()
FROM {minor}.operations_received operation, {major}.operations_module module;
UPDATE {major}.operations_share SET state = 'delivered', delivered_at = now() WHERE id = :share;
UPDATE {major}.outbox_event SET state = 'done', attempts = 1, finished_at = now()
WHERE key = 'operations.share:' || :share;
COMMIT;
