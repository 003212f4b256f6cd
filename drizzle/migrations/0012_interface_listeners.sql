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
CREATE INDEX "feed_listener_feed" ON "feed_listener" USING btree ("tenant_id","feed");--> statement-breakpoint
CREATE INDEX "feed_listener_seen" ON "feed_listener" USING btree ("tenant_id","seen_at");--> statement-breakpoint
CREATE INDEX "feed_sender_listener" ON "feed_sender" USING btree ("tenant_id","listener_id");--> statement-breakpoint
CREATE UNIQUE INDEX "location_crosswalk_current" ON "location_crosswalk" USING btree ("tenant_id","facility","location",coalesce(valid_from, '-infinity')) WHERE known_to is null or ended_on is not null;--> statement-breakpoint
CREATE UNIQUE INDEX "prescriber_affiliation_current" ON "prescriber_affiliation" USING btree ("tenant_id","npi","entity",coalesce(valid_from, '-infinity')) WHERE known_to is null or ended_on is not null;