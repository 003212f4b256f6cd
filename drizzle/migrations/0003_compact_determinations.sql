CREATE TABLE "rule_result" (
	"tenant_id" uuid NOT NULL,
	"number" integer NOT NULL,
	"digest" text NOT NULL,
	"rule" text NOT NULL,
	"answer" text NOT NULL,
	"reason" text NOT NULL,
	"evidence" jsonb NOT NULL,
	CONSTRAINT "rule_result_tenant_id_number_pk" PRIMARY KEY("tenant_id","number"),
	CONSTRAINT "rule_result_same" UNIQUE("tenant_id","digest")
);
--> statement-breakpoint
ALTER TABLE "determination" NO FORCE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "determination" DROP CONSTRAINT "determination_tenant_id_id_pk";--> statement-breakpoint
ALTER TABLE "determination" DROP CONSTRAINT "determination_sequence";--> statement-breakpoint
DROP INDEX "determination_current";--> statement-breakpoint
DROP INDEX "determination_provisional";--> statement-breakpoint
DROP INDEX "determination_absent";--> statement-breakpoint
DROP INDEX "determination_patient";--> statement-breakpoint
ALTER TABLE "determination" RENAME TO "determination_before";--> statement-breakpoint
CREATE TABLE "determination" (
	"tenant_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"dispense_id" uuid NOT NULL,
	"patient_id" uuid,
	"encounter_id" uuid,
	"prescription_id" uuid,
	"policy_version_id" uuid,
	"claim_id" uuid,
	"decided_at" timestamp with time zone NOT NULL,
	"decision_date" date NOT NULL,
	"sequence" integer NOT NULL,
	"orderable" boolean NOT NULL,
	"provisional" boolean NOT NULL,
	"absence" boolean NOT NULL,
	"current" boolean NOT NULL,
	"winning" boolean NOT NULL,
	"entity" text NOT NULL,
	"status" text NOT NULL,
	"bucket" text,
	"reason" text,
	"verdicts" "bytea" NOT NULL,
	CONSTRAINT "determination_tenant_id_id_pk" PRIMARY KEY("tenant_id","id")
);
--> statement-breakpoint
-- The verdicts as they were (jsonb), cut into rule results of at most four rows of evidence, as src/decide/verdict-codec.ts does.
CREATE TABLE "verdict_part" AS
SELECT t.tenant_id, t.id, row_number() OVER (PARTITION BY t.tenant_id, t.id ORDER BY v.place, c.chunk) AS place,
  v.value ->> 'rule' AS rule, v.value ->> 'answer' AS answer, v.value ->> 'reason' AS reason,
  coalesce(c.evidence, '[]') AS evidence, coalesce(c.listed, '') AS listed,
  left(encode(sha256(convert_to(concat_ws(E'\x01', v.value ->> 'rule', v.value ->> 'answer', v.value ->> 'reason') || coalesce(c.rows, ''), 'UTF8')), 'hex'), 32) AS digest
FROM "determination_before" t
CROSS JOIN LATERAL (SELECT jsonb_path_query_first(t.verdicts, '$[*].evidence[*] ? (@.kind == "claim")') ->> 'id' AS id) k
CROSS JOIN LATERAL jsonb_array_elements(t.verdicts) WITH ORDINALITY AS v (value, place)
LEFT JOIN LATERAL (
  SELECT (e.n - 1) / 4 AS chunk,
    jsonb_agg(jsonb_strip_nulls(jsonb_build_object('kind', e.row ->> 'kind', 'id', CASE WHEN o.whose IS NULL THEN e.row ->> 'id' END, 'of', o.whose, 'note', e.row ->> 'note')) ORDER BY e.n) AS evidence,
    string_agg(E'\x02' || (e.row ->> 'kind') || E'\x01' || coalesce(o.whose, E'\x01' || (e.row ->> 'id')) || E'\x01' || coalesce(e.row ->> 'note', ''), '' ORDER BY e.n) AS rows,
    string_agg(CASE WHEN o.whose = 'listed' THEN replace(e.row ->> 'id', '-', '') END, '' ORDER BY e.n) AS listed
  FROM jsonb_array_elements(v.value -> 'evidence') WITH ORDINALITY AS e (row, n)
  CROSS JOIN LATERAL (SELECT CASE
    WHEN e.row ->> 'kind' NOT IN ('claim', 'patient', 'encounter', 'prescription') THEN NULL
    WHEN e.row ->> 'id' = CASE e.row ->> 'kind' WHEN 'claim' THEN k.id WHEN 'patient' THEN t.patient_id::text WHEN 'encounter' THEN t.encounter_id::text ELSE t.prescription_id::text END THEN e.row ->> 'kind'
    WHEN e.row ->> 'id' ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' THEN 'listed' END AS whose) o
  GROUP BY 1
) c ON true;
--> statement-breakpoint
INSERT INTO "rule_result" (tenant_id, number, digest, rule, answer, reason, evidence)
SELECT p.tenant_id, row_number() OVER (PARTITION BY p.tenant_id ORDER BY p.digest), p.digest, p.rule, p.answer, p.reason, p.evidence
FROM (SELECT DISTINCT ON (tenant_id, digest) tenant_id, digest, rule, answer, reason, evidence FROM "verdict_part" ORDER BY tenant_id, digest) p;
--> statement-breakpoint
INSERT INTO "determination" (tenant_id, id, dispense_id, patient_id, encounter_id, prescription_id, policy_version_id, claim_id, decided_at, decision_date, sequence,
  orderable, provisional, absence, current, winning, entity, status, bucket, reason, verdicts)
SELECT t.tenant_id, t.id, t.dispense_id, t.patient_id, t.encounter_id, t.prescription_id, t.policy_version_id,
  CASE WHEN NOT t.current THEN (jsonb_path_query_first(t.verdicts, '$[*].evidence[*] ? (@.kind == "claim")') ->> 'id')::uuid END,
  t.decided_at, t.decision_date, t.sequence, t.orderable, t.provisional,
  jsonb_path_exists(t.verdicts, '$[*] ? (@.answer == "FAIL" && (@.reason == "PATIENT_NOT_FOUND" || @.reason == "NO_QUALIFYING_VISIT" || @.reason == "NAMED_VISIT_NOT_FOUND" || @.reason == "PRESCRIPTION_NOT_FOUND"))'),
  t.current, t.winning, t.entity, t.status, t.bucket, t.reason, p.verdicts
FROM "determination_before" t
JOIN (
  SELECT v.tenant_id, v.id, decode(lpad(to_hex(count(*)), 2, '0') || string_agg(lpad(to_hex(r.number), 6, '0'), '' ORDER BY v.place) || string_agg(v.listed, '' ORDER BY v.place), 'hex') AS verdicts
  FROM "verdict_part" v
  JOIN "rule_result" r ON r.tenant_id = v.tenant_id AND r.digest = v.digest
  GROUP BY v.tenant_id, v.id
) p ON p.tenant_id = t.tenant_id AND p.id = t.id;
--> statement-breakpoint
DROP TABLE "verdict_part";--> statement-breakpoint
DROP TABLE "determination_before";--> statement-breakpoint
CREATE INDEX "determination_dispense" ON "determination" USING btree ("tenant_id","dispense_id");--> statement-breakpoint
CREATE INDEX "determination_provisional" ON "determination" USING btree ("tenant_id","dispense_id") WHERE current and provisional;--> statement-breakpoint
CREATE INDEX "determination_absent" ON "determination" USING btree ("tenant_id","entity") WHERE current and absence;--> statement-breakpoint
CREATE INDEX "determination_patient" ON "determination" USING btree ("tenant_id","patient_id") WHERE current;
