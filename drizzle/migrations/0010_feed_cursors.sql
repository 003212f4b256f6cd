CREATE TABLE "feed_cursor" (
	"tenant_id" uuid NOT NULL,
	"feed" text NOT NULL,
	"scope" text NOT NULL,
	"position" text NOT NULL,
	"moved_at" timestamp with time zone NOT NULL,
	CONSTRAINT "feed_cursor_tenant_id_feed_scope_pk" PRIMARY KEY("tenant_id","feed","scope")
);
