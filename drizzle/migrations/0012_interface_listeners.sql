CREATE TABLE "feed_listener" (
	"tenant_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"feed" text NOT NULL,
	"hub" text NOT NULL,
	"port" integer NOT NULL,
	"started_at" timestamp with time zone NOT NULL,
	"seen_at" timestamp with time zone NOT NULL,
	"connections" integer NOT NULL,
	"messages" bigint NOT NULL,
	"bytes" bigint NOT NULL,
	"broken_frames" bigint NOT NULL,
	"refusals" jsonb NOT NULL,
	"certificate_ends_at" timestamp with time zone,
	"certificate_problem" text NOT NULL,
	CONSTRAINT "feed_listener_tenant_id_id_pk" PRIMARY KEY("tenant_id","id")
);
--> statement-breakpoint
CREATE TABLE "feed_sender" (
	"tenant_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"listener_id" uuid NOT NULL,
	"feed" text NOT NULL,
	"sender" text NOT NULL,
	"connections" integer NOT NULL,
	"since" timestamp with time zone,
	"last_message_at" timestamp with time zone,
	"messages" bigint NOT NULL,
	"bytes" bigint NOT NULL,
	"refused" bigint NOT NULL,
	CONSTRAINT "feed_sender_tenant_id_id_pk" PRIMARY KEY("tenant_id","id")
);
--> statement-breakpoint
DROP INDEX "location_crosswalk_current";--> statement-breakpoint
DROP INDEX "prescriber_affiliation_current";--> statement-breakpoint
ALTER TABLE "location_crosswalk" ADD COLUMN "ended_on" date;--> statement-breakpoint
ALTER TABLE "prescriber_affiliation" ADD COLUMN "ended_on" date;--> statement-breakpoint
-- What whole lists have ended before: the latest version of its key, closed.
UPDATE "prescriber_affiliation" t SET ended_on = (t.known_to AT TIME ZONE z.zone)::date
FROM "tenant" z
WHERE z.id = t.tenant_id AND t.known_to IS NOT NULL AND NOT EXISTS (
  SELECT 1 FROM "prescriber_affiliation" n WHERE n.tenant_id = t.tenant_id AND n.npi = t.npi AND n.entity = t.entity AND n.valid_from IS NOT DISTINCT FROM t.valid_from
    AND (n.known_from, n.raw_id, n.ordinal) > (t.known_from, t.raw_id, t.ordinal));--> statement-breakpoint
-- What whole lists have ended before: the latest version of its key, closed.
UPDATE "location_crosswalk" t SET ended_on = (t.known_to AT TIME ZONE z.zone)::date
FROM "tenant" z
WHERE z.id = t.tenant_id AND t.known_to IS NOT NULL AND NOT EXISTS (
  SELECT 1 FROM "location_crosswalk" n WHERE n.tenant_id = t.tenant_id AND n.facility = t.facility AND n.location = t.location AND n.valid_from IS NOT DISTINCT FROM t.valid_from
    AND (n.known_from, n.raw_id, n.ordinal) > (t.known_from, t.raw_id, t.ordinal));--> statement-breakpoint
UPDATE "encounter" e SET site_id340b = c.site
FROM "location_crosswalk" c
WHERE c.tenant_id = e.tenant_id AND c.ended_on IS NOT NULL AND e.site_id340b IS NULL AND c.facility = coalesce(e.facility, '')
  AND c.location = coalesce(e.location, '') AND coalesce(c.valid_from, '-infinity') <= e.start_date
  AND coalesce(least(c.valid_to, c.ended_on), 'infinity') >= e.start_date
  AND NOT EXISTS (
    SELECT 1 FROM "location_crosswalk" n WHERE n.tenant_id = c.tenant_id AND n.facility = c.facility AND n.location = c.location
      AND n.ended_on IS NOT NULL AND n.valid_from > coalesce(c.valid_from, '-infinity') AND n.valid_from <= e.start_date
      AND coalesce(least(n.valid_to, n.ended_on), 'infinity') >= e.start_date);--> statement-breakpoint
-- Their tenants are judged again.
INSERT INTO "change" (tenant_id, id, kind, key)
SELECT t.tenant_id, gen_random_uuid(), 'ALL', ''
FROM (
  SELECT tenant_id FROM "prescriber_affiliation" WHERE ended_on IS NOT NULL
  UNION SELECT tenant_id FROM "location_crosswalk" WHERE ended_on IS NOT NULL) t;--> statement-breakpoint
CREATE INDEX "feed_listener_feed" ON "feed_listener" USING btree ("tenant_id","feed");--> statement-breakpoint
CREATE INDEX "feed_listener_seen" ON "feed_listener" USING btree ("tenant_id","seen_at");--> statement-breakpoint
CREATE INDEX "feed_sender_listener" ON "feed_sender" USING btree ("tenant_id","listener_id");--> statement-breakpoint
CREATE UNIQUE INDEX "location_crosswalk_current" ON "location_crosswalk" USING btree ("tenant_id","facility","location",coalesce(valid_from, '-infinity')) WHERE known_to is null or ended_on is not null;--> statement-breakpoint
CREATE UNIQUE INDEX "prescriber_affiliation_current" ON "prescriber_affiliation" USING btree ("tenant_id","npi","entity",coalesce(valid_from, '-infinity')) WHERE known_to is null or ended_on is not null;