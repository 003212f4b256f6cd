CREATE TABLE "claim_response" (
	"tenant_id" uuid NOT NULL,
	"feed" text NOT NULL,
	"batch_id" text NOT NULL,
	"batch_reference" text NOT NULL,
	"transaction_index" integer NOT NULL,
	"response_status" text NOT NULL,
	"total_paid" numeric(14, 2),
	"patient_pay" numeric(14, 2),
	"received_at" timestamp with time zone NOT NULL,
	"raw_id" uuid NOT NULL,
	"position" text NOT NULL,
	CONSTRAINT "claim_response_tenant_id_feed_batch_id_batch_reference_transaction_index_raw_id_pk" PRIMARY KEY("tenant_id","feed","batch_id","batch_reference","transaction_index","raw_id")
);
--> statement-breakpoint
CREATE TABLE "claim_transaction" (
	"tenant_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"transaction_key" text NOT NULL,
	"feed" text NOT NULL,
	"received_at" timestamp with time zone NOT NULL,
	"ncpdp" text NOT NULL,
	"provider_qualifier" text NOT NULL,
	"provider_id" text NOT NULL,
	"code" text NOT NULL,
	"response_status" text NOT NULL,
	"rx_number" text NOT NULL,
	"fill_number" integer,
	"date_of_service" date NOT NULL,
	"dispensing_status" text NOT NULL,
	"bin" text NOT NULL,
	"pcn" text NOT NULL,
	"payer_group" text NOT NULL,
	"cardholder" text NOT NULL,
	"other_coverage" integer NOT NULL,
	"other_payers" jsonb NOT NULL,
	"adjudicated_at" timestamp with time zone,
	"batch_created_at" timestamp with time zone,
	"batch_id" text NOT NULL,
	"batch_reference" text NOT NULL,
	"transaction_index" integer NOT NULL,
	"ordinal" integer NOT NULL,
	"ndc_text" text,
	"quantity" numeric(14, 3),
	"unit" text NOT NULL,
	"days_supply" integer,
	"written_date" date,
	"prescriber_qualifier" text NOT NULL,
	"prescriber_id" text,
	"patient_family_name" text,
	"patient_given_name" text,
	"family_compare" text,
	"given_compare" text,
	"patient_birth_date" date,
	"patient_sex" text,
	"patient_id_authority" text,
	"patient_id_value" text,
	"compound" boolean NOT NULL,
	"submission_clarification" text[] NOT NULL,
	"basis_of_cost" text NOT NULL,
	"ingredient_cost" numeric(14, 2),
	"dispensing_fee" numeric(14, 2),
	"patient_pay" numeric(14, 2),
	"total_paid" numeric(14, 2),
	"raw_id" uuid NOT NULL,
	"position" text NOT NULL,
	CONSTRAINT "claim_transaction_tenant_id_id_pk" PRIMARY KEY("tenant_id","id"),
	CONSTRAINT "claim_transaction_same" UNIQUE("tenant_id","transaction_key")
);
--> statement-breakpoint
CREATE TABLE "determination" (
	"tenant_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"dispense_id" uuid NOT NULL,
	"entity" text NOT NULL,
	"sequence" integer NOT NULL,
	"status" text NOT NULL,
	"bucket" text,
	"orderable" boolean NOT NULL,
	"reason" text,
	"provisional" boolean NOT NULL,
	"patient_id" uuid,
	"encounter_id" uuid,
	"prescription_id" uuid,
	"verdicts" jsonb NOT NULL,
	"policy_version_id" uuid,
	"decision_date" date NOT NULL,
	"decided_at" timestamp with time zone NOT NULL,
	"current" boolean NOT NULL,
	"winning" boolean NOT NULL,
	CONSTRAINT "determination_tenant_id_id_pk" PRIMARY KEY("tenant_id","id"),
	CONSTRAINT "determination_sequence" UNIQUE("tenant_id","dispense_id","entity","sequence")
);
--> statement-breakpoint
CREATE TABLE "dispense" (
	"tenant_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"ncpdp" text NOT NULL,
	"rx_number" text NOT NULL,
	"fill_number" integer NOT NULL,
	"date_of_service" date NOT NULL,
	"dispensing_status" text NOT NULL,
	"state" text NOT NULL,
	"ever_paid" boolean NOT NULL,
	"ndc_text" text,
	"ndc11" text,
	"quantity" numeric(14, 3),
	"unit" text NOT NULL,
	"days_supply" integer,
	"written_date" date,
	"prescriber_id" text,
	"bin" text NOT NULL,
	"pcn" text NOT NULL,
	"payer_group" text NOT NULL,
	"plan_type" text NOT NULL,
	"first_received_at" timestamp with time zone NOT NULL,
	"claim_id" uuid,
	"patient_id" uuid,
	"encounter_id" uuid,
	"prescription_id" uuid,
	"determination_id" uuid,
	"entity" text,
	"status" text,
	"bucket" text,
	"orderable" boolean NOT NULL,
	"reason" text,
	"raw_id" uuid NOT NULL,
	"position" text NOT NULL,
	CONSTRAINT "dispense_tenant_id_id_pk" PRIMARY KEY("tenant_id","id"),
	CONSTRAINT "dispense_identity" UNIQUE("tenant_id","ncpdp","rx_number","fill_number","date_of_service","dispensing_status")
);
--> statement-breakpoint
CREATE TABLE "ehr_event" (
	"tenant_id" uuid NOT NULL,
	"source_system" text NOT NULL,
	"kind" text NOT NULL,
	"key" text NOT NULL,
	"event_at" timestamp with time zone NOT NULL,
	"control_id" text NOT NULL,
	"trigger" text NOT NULL,
	"received_at" timestamp with time zone NOT NULL,
	"body" jsonb NOT NULL,
	"raw_id" uuid NOT NULL,
	"position" text NOT NULL,
	CONSTRAINT "ehr_event_tenant_id_source_system_kind_key_raw_id_position_pk" PRIMARY KEY("tenant_id","source_system","kind","key","raw_id","position")
);
--> statement-breakpoint
CREATE TABLE "encounter" (
	"tenant_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"source_system" text NOT NULL,
	"visit_number" text NOT NULL,
	"patient_id" uuid,
	"class" text NOT NULL,
	"status" text NOT NULL,
	"started_at" timestamp with time zone,
	"start_date" date,
	"started_at_text" text,
	"ended_at" timestamp with time zone,
	"facility" text,
	"location" text,
	"site_id340b" text,
	"attending_npi" text,
	"raw_id" uuid NOT NULL,
	"position" text NOT NULL,
	CONSTRAINT "encounter_tenant_id_id_pk" PRIMARY KEY("tenant_id","id"),
	CONSTRAINT "encounter_visit" UNIQUE("tenant_id","source_system","visit_number")
);
--> statement-breakpoint
CREATE TABLE "patient" (
	"tenant_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"source_system" text NOT NULL,
	"key" text NOT NULL,
	"family_name" text,
	"given_name" text,
	"family_compare" text,
	"given_compare" text,
	"birth_date" date,
	"sex" text,
	"postal_code" text,
	"raw_id" uuid NOT NULL,
	"position" text NOT NULL,
	CONSTRAINT "patient_tenant_id_id_pk" PRIMARY KEY("tenant_id","id"),
	CONSTRAINT "patient_key" UNIQUE("tenant_id","source_system","key")
);
--> statement-breakpoint
CREATE TABLE "patient_identifier" (
	"tenant_id" uuid NOT NULL,
	"patient_id" uuid NOT NULL,
	"authority" text NOT NULL,
	"type" text NOT NULL,
	"value" text NOT NULL,
	CONSTRAINT "patient_identifier_tenant_id_patient_id_authority_type_value_pk" PRIMARY KEY("tenant_id","patient_id","authority","type","value")
);
--> statement-breakpoint
CREATE TABLE "prescription" (
	"tenant_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"source_system" text NOT NULL,
	"order_number" text NOT NULL,
	"status" text NOT NULL,
	"patient_id" uuid,
	"visit_number" text,
	"encounter_id" uuid,
	"rx_number" text,
	"ndc_text" text,
	"ndc11" text,
	"drug_name" text,
	"written_date" date,
	"prescriber_npi" text,
	"quantity" numeric(14, 3),
	"refills" text,
	"raw_id" uuid NOT NULL,
	"position" text NOT NULL,
	CONSTRAINT "prescription_tenant_id_id_pk" PRIMARY KEY("tenant_id","id"),
	CONSTRAINT "prescription_order" UNIQUE("tenant_id","source_system","order_number")
);
--> statement-breakpoint
CREATE TABLE "exception_case" (
	"tenant_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"code" text NOT NULL,
	"subject" text NOT NULL,
	"severity" text NOT NULL,
	"state" text NOT NULL,
	"detail" text NOT NULL,
	"dollars" numeric(14, 2),
	"opened_at" timestamp with time zone NOT NULL,
	"closed_at" timestamp with time zone,
	"due_at" timestamp with time zone NOT NULL,
	CONSTRAINT "exception_case_tenant_id_id_pk" PRIMARY KEY("tenant_id","id"),
	CONSTRAINT "exception_case_subject" UNIQUE("tenant_id","code","subject")
);
--> statement-breakpoint
CREATE TABLE "exception_cause" (
	"tenant_id" uuid NOT NULL,
	"code" text NOT NULL,
	"subject" text NOT NULL,
	"source" text NOT NULL,
	"detail" text NOT NULL,
	"dollars" numeric(14, 2),
	"dispense_id" uuid,
	"invoice_line_id" uuid,
	CONSTRAINT "exception_cause_tenant_id_code_subject_source_pk" PRIMARY KEY("tenant_id","code","subject","source")
);
--> statement-breakpoint
CREATE TABLE "feed" (
	"tenant_id" uuid NOT NULL,
	"name" text NOT NULL,
	"kind" text NOT NULL,
	"format" text NOT NULL,
	"transport" text NOT NULL,
	"source_system" text NOT NULL,
	"serves" text[] NOT NULL,
	"zone" text NOT NULL,
	"options" jsonb NOT NULL,
	"warn_after_seconds" integer,
	"error_after_seconds" integer,
	"paused" boolean DEFAULT false NOT NULL,
	CONSTRAINT "feed_tenant_id_name_pk" PRIMARY KEY("tenant_id","name")
);
--> statement-breakpoint
CREATE TABLE "raw_message" (
	"tenant_id" uuid NOT NULL,
	"month" date NOT NULL,
	"id" uuid NOT NULL,
	"feed" text NOT NULL,
	"name" text NOT NULL,
	"control_id" text NOT NULL,
	"received_at" timestamp with time zone NOT NULL,
	"sha256" text NOT NULL,
	"size_bytes" integer NOT NULL,
	"payload" "bytea" NOT NULL,
	CONSTRAINT "raw_message_tenant_id_month_id_pk" PRIMARY KEY("tenant_id","month","id")
) PARTITION BY RANGE ("month");
--> statement-breakpoint
CREATE TABLE "raw_receipt" (
	"tenant_id" uuid NOT NULL,
	"feed" text NOT NULL,
	"control_id" text NOT NULL,
	"sha256" text NOT NULL,
	"raw_id" uuid NOT NULL,
	"month" date NOT NULL,
	"received_at" timestamp with time zone NOT NULL,
	CONSTRAINT "raw_receipt_tenant_id_feed_control_id_sha256_pk" PRIMARY KEY("tenant_id","feed","control_id","sha256")
);
--> statement-breakpoint
CREATE TABLE "raw_state" (
	"tenant_id" uuid NOT NULL,
	"raw_id" uuid NOT NULL,
	"month" date NOT NULL,
	"feed" text NOT NULL,
	"received_at" timestamp with time zone NOT NULL,
	"state" text DEFAULT 'PENDING' NOT NULL,
	"attempts" integer DEFAULT 0 NOT NULL,
	"records" integer DEFAULT 0 NOT NULL,
	"accepted" integer DEFAULT 0 NOT NULL,
	"rejected" integer DEFAULT 0 NOT NULL,
	"duplicate" integer DEFAULT 0 NOT NULL,
	"ignored" integer DEFAULT 0 NOT NULL,
	"processed_at" timestamp with time zone,
	CONSTRAINT "raw_state_tenant_id_raw_id_pk" PRIMARY KEY("tenant_id","raw_id")
);
--> statement-breakpoint
CREATE TABLE "record_error" (
	"tenant_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"feed" text NOT NULL,
	"ordinal" integer NOT NULL,
	"field" text NOT NULL,
	"message" text NOT NULL,
	"original" text NOT NULL,
	"accepted" boolean NOT NULL,
	"raw_id" uuid NOT NULL,
	"position" text NOT NULL,
	CONSTRAINT "record_error_tenant_id_id_pk" PRIMARY KEY("tenant_id","id"),
	CONSTRAINT "record_error_place" UNIQUE("tenant_id","raw_id","ordinal")
);
--> statement-breakpoint
CREATE TABLE "tenant" (
	"id" uuid PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"title" text NOT NULL,
	"zone" text NOT NULL,
	CONSTRAINT "tenant_name_unique" UNIQUE("name")
);
--> statement-breakpoint
CREATE TABLE "tenant_entity" (
	"tenant_id" uuid NOT NULL,
	"id340b" text NOT NULL,
	CONSTRAINT "tenant_entity_tenant_id_id340b_pk" PRIMARY KEY("tenant_id","id340b")
);
--> statement-breakpoint
CREATE TABLE "invoice" (
	"tenant_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"wholesaler" text NOT NULL,
	"account_number" text NOT NULL,
	"invoice_number" text NOT NULL,
	"kind" text NOT NULL,
	"invoice_date" date NOT NULL,
	"original_invoice" text NOT NULL,
	"purchase_order" text NOT NULL,
	"total" numeric(14, 2),
	"allowances" numeric(14, 2) NOT NULL,
	"charges" numeric(14, 2) NOT NULL,
	"tax" numeric(14, 2) NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	"feed" text NOT NULL,
	"received_at" timestamp with time zone NOT NULL,
	"content_hash" text NOT NULL,
	"lines" jsonb NOT NULL,
	"current" boolean NOT NULL,
	"account_type" text,
	"entity" text,
	"ncpdp" text,
	"raw_id" uuid NOT NULL,
	"position" text NOT NULL,
	CONSTRAINT "invoice_tenant_id_id_pk" PRIMARY KEY("tenant_id","id"),
	CONSTRAINT "invoice_version" UNIQUE("tenant_id","wholesaler","account_number","invoice_number","content_hash")
);
--> statement-breakpoint
CREATE TABLE "invoice_line" (
	"tenant_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"invoice_id" uuid NOT NULL,
	"line_number" text NOT NULL,
	"ordinal" integer NOT NULL,
	"invoice_date" date NOT NULL,
	"ndc_text" text,
	"ndc11" text,
	"packages" numeric(14, 3) NOT NULL,
	"unit_price" numeric(14, 4) NOT NULL,
	"amount" numeric(14, 2) NOT NULL,
	"entity" text,
	"ncpdp" text,
	"bucket" text,
	"quantity" numeric(14, 3),
	"effective_quantity" numeric(14, 3),
	"allocated_quantity" numeric(14, 3) NOT NULL,
	"state" text NOT NULL,
	"current" boolean NOT NULL,
	"raw_id" uuid NOT NULL,
	"position" text NOT NULL,
	CONSTRAINT "invoice_line_tenant_id_id_pk" PRIMARY KEY("tenant_id","id"),
	CONSTRAINT "invoice_line_number" UNIQUE("tenant_id","invoice_id","ordinal")
);
--> statement-breakpoint
CREATE TABLE "accumulator_balance" (
	"tenant_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"entity" text NOT NULL,
	"ncpdp" text NOT NULL,
	"ndc11" text NOT NULL,
	"bucket" text NOT NULL,
	"dispensed" numeric(14, 3) NOT NULL,
	"available" numeric(14, 3) NOT NULL,
	"on_order" numeric(14, 3) NOT NULL,
	"replenished" numeric(14, 3) NOT NULL,
	"adjustment" numeric(14, 3) NOT NULL,
	"updated_at" timestamp with time zone NOT NULL,
	CONSTRAINT "accumulator_balance_tenant_id_id_pk" PRIMARY KEY("tenant_id","id"),
	CONSTRAINT "accumulator_balance_key" UNIQUE("tenant_id","entity","ncpdp","ndc11","bucket")
);
--> statement-breakpoint
CREATE TABLE "accumulator_entry" (
	"tenant_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"entity" text NOT NULL,
	"ncpdp" text NOT NULL,
	"ndc11" text NOT NULL,
	"bucket" text NOT NULL,
	"posting" text NOT NULL,
	"from_account" text NOT NULL,
	"to_account" text NOT NULL,
	"quantity" numeric(14, 3) NOT NULL,
	"dispense_id" uuid,
	"invoice_line_id" uuid,
	"determination_id" uuid,
	"cause" text NOT NULL,
	"posted_at" timestamp with time zone NOT NULL,
	CONSTRAINT "accumulator_entry_tenant_id_id_pk" PRIMARY KEY("tenant_id","id")
);
--> statement-breakpoint
CREATE TABLE "allocation" (
	"tenant_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"entity" text NOT NULL,
	"ncpdp" text NOT NULL,
	"ndc11" text NOT NULL,
	"bucket" text NOT NULL,
	"dispense_id" uuid NOT NULL,
	"invoice_line_id" uuid NOT NULL,
	"quantity" numeric(14, 3) NOT NULL,
	"allocated_at" timestamp with time zone NOT NULL,
	"superseded_at" timestamp with time zone,
	CONSTRAINT "allocation_tenant_id_id_pk" PRIMARY KEY("tenant_id","id")
);
--> statement-breakpoint
CREATE TABLE "drug_price" (
	"tenant_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"ndc11" text NOT NULL,
	"account_type" text NOT NULL,
	"package_price" numeric(14, 4) NOT NULL,
	"valid_from" date,
	"valid_to" date,
	"known_from" timestamp with time zone NOT NULL,
	"known_to" timestamp with time zone,
	"raw_id" uuid NOT NULL,
	"position" text NOT NULL,
	"ordinal" integer NOT NULL,
	CONSTRAINT "drug_price_tenant_id_id_pk" PRIMARY KEY("tenant_id","id"),
	CONSTRAINT "drug_price_version" UNIQUE NULLS NOT DISTINCT("tenant_id","ndc11","account_type","valid_from","raw_id","ordinal")
);
--> statement-breakpoint
CREATE TABLE "fee_schedule" (
	"tenant_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"ncpdp" text NOT NULL,
	"entity" text NOT NULL,
	"plan_type" text NOT NULL,
	"fee" numeric(14, 2) NOT NULL,
	"valid_from" date,
	"valid_to" date,
	"known_from" timestamp with time zone NOT NULL,
	"known_to" timestamp with time zone,
	"raw_id" uuid NOT NULL,
	"position" text NOT NULL,
	"ordinal" integer NOT NULL,
	CONSTRAINT "fee_schedule_tenant_id_id_pk" PRIMARY KEY("tenant_id","id"),
	CONSTRAINT "fee_schedule_version" UNIQUE NULLS NOT DISTINCT("tenant_id","ncpdp","entity","plan_type","valid_from","raw_id","ordinal")
);
--> statement-breakpoint
CREATE TABLE "location_crosswalk" (
	"tenant_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"facility" text NOT NULL,
	"location" text NOT NULL,
	"site" text NOT NULL,
	"cost_report_line" text NOT NULL,
	"valid_from" date,
	"valid_to" date,
	"known_from" timestamp with time zone NOT NULL,
	"known_to" timestamp with time zone,
	"raw_id" uuid NOT NULL,
	"position" text NOT NULL,
	"ordinal" integer NOT NULL,
	CONSTRAINT "location_crosswalk_tenant_id_id_pk" PRIMARY KEY("tenant_id","id"),
	CONSTRAINT "location_crosswalk_version" UNIQUE NULLS NOT DISTINCT("tenant_id","facility","location","valid_from","raw_id","ordinal")
);
--> statement-breakpoint
CREATE TABLE "manufacturer_policy" (
	"tenant_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"labeler" text NOT NULL,
	"exempt_entity_types" text[] NOT NULL,
	"exempt_states" text[] NOT NULL,
	"designated" text[] NOT NULL,
	"source" text NOT NULL,
	"valid_from" date,
	"valid_to" date,
	"known_from" timestamp with time zone NOT NULL,
	"known_to" timestamp with time zone,
	"raw_id" uuid NOT NULL,
	"position" text NOT NULL,
	"ordinal" integer NOT NULL,
	CONSTRAINT "manufacturer_policy_tenant_id_id_pk" PRIMARY KEY("tenant_id","id"),
	CONSTRAINT "manufacturer_policy_version" UNIQUE NULLS NOT DISTINCT("tenant_id","labeler","valid_from","raw_id","ordinal")
);
--> statement-breakpoint
CREATE TABLE "medicaid_policy" (
	"tenant_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"entity" text NOT NULL,
	"state" text NOT NULL,
	"plan_type" text NOT NULL,
	"decision" text NOT NULL,
	"marker_420" text NOT NULL,
	"marker_423" text NOT NULL,
	"valid_from" date,
	"valid_to" date,
	"known_from" timestamp with time zone NOT NULL,
	"known_to" timestamp with time zone,
	"raw_id" uuid NOT NULL,
	"position" text NOT NULL,
	"ordinal" integer NOT NULL,
	CONSTRAINT "medicaid_policy_tenant_id_id_pk" PRIMARY KEY("tenant_id","id"),
	CONSTRAINT "medicaid_policy_version" UNIQUE NULLS NOT DISTINCT("tenant_id","entity","state","plan_type","valid_from","raw_id","ordinal")
);
--> statement-breakpoint
CREATE TABLE "pharmacy" (
	"tenant_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"ncpdp" text NOT NULL,
	"npi" text NOT NULL,
	"dea" text NOT NULL,
	"name" text NOT NULL,
	"state" text NOT NULL,
	"opais_pharmacy_id" text NOT NULL,
	"address" text NOT NULL,
	"in_house_of" text NOT NULL,
	"in_house_from" date,
	"carve_in_reported_for" text[] NOT NULL,
	"feed" text NOT NULL,
	"valid_from" date,
	"valid_to" date,
	"known_from" timestamp with time zone NOT NULL,
	"known_to" timestamp with time zone,
	"raw_id" uuid NOT NULL,
	"position" text NOT NULL,
	"ordinal" integer NOT NULL,
	CONSTRAINT "pharmacy_tenant_id_id_pk" PRIMARY KEY("tenant_id","id"),
	CONSTRAINT "pharmacy_version" UNIQUE("tenant_id","ncpdp","raw_id","ordinal")
);
--> statement-breakpoint
CREATE TABLE "plan" (
	"tenant_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"bin" text NOT NULL,
	"pcn" text NOT NULL,
	"payer_group" text NOT NULL,
	"plan_type" text NOT NULL,
	"state" text NOT NULL,
	"name" text NOT NULL,
	"valid_from" date,
	"valid_to" date,
	"known_from" timestamp with time zone NOT NULL,
	"known_to" timestamp with time zone,
	"raw_id" uuid NOT NULL,
	"position" text NOT NULL,
	"ordinal" integer NOT NULL,
	CONSTRAINT "plan_tenant_id_id_pk" PRIMARY KEY("tenant_id","id"),
	CONSTRAINT "plan_version" UNIQUE NULLS NOT DISTINCT("tenant_id","bin","pcn","payer_group","valid_from","raw_id","ordinal")
);
--> statement-breakpoint
CREATE TABLE "policy_version" (
	"tenant_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"valid_from" date NOT NULL,
	"parameters" jsonb NOT NULL,
	"approved_by" text NOT NULL,
	"known_from" timestamp with time zone NOT NULL,
	CONSTRAINT "policy_version_tenant_id_id_pk" PRIMARY KEY("tenant_id","id"),
	CONSTRAINT "policy_version_from" UNIQUE("tenant_id","valid_from")
);
--> statement-breakpoint
CREATE TABLE "prescriber_affiliation" (
	"tenant_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"npi" text NOT NULL,
	"entity" text NOT NULL,
	"family_name" text NOT NULL,
	"given_name" text NOT NULL,
	"taxonomy" text NOT NULL,
	"affiliation" text NOT NULL,
	"valid_from" date,
	"valid_to" date,
	"known_from" timestamp with time zone NOT NULL,
	"known_to" timestamp with time zone,
	"raw_id" uuid NOT NULL,
	"position" text NOT NULL,
	"ordinal" integer NOT NULL,
	CONSTRAINT "prescriber_affiliation_tenant_id_id_pk" PRIMARY KEY("tenant_id","id"),
	CONSTRAINT "prescriber_affiliation_version" UNIQUE NULLS NOT DISTINCT("tenant_id","npi","entity","valid_from","raw_id","ordinal")
);
--> statement-breakpoint
CREATE TABLE "wholesaler_account" (
	"tenant_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"wholesaler" text NOT NULL,
	"account_number" text NOT NULL,
	"account_type" text NOT NULL,
	"entity" text NOT NULL,
	"ncpdp" text NOT NULL,
	"hin" text NOT NULL,
	"dea" text NOT NULL,
	"valid_from" date,
	"valid_to" date,
	"known_from" timestamp with time zone NOT NULL,
	"known_to" timestamp with time zone,
	"raw_id" uuid NOT NULL,
	"position" text NOT NULL,
	"ordinal" integer NOT NULL,
	CONSTRAINT "wholesaler_account_tenant_id_id_pk" PRIMARY KEY("tenant_id","id"),
	CONSTRAINT "wholesaler_account_version" UNIQUE("tenant_id","wholesaler","account_number","raw_id","ordinal")
);
--> statement-breakpoint
CREATE TABLE "contract_pharmacy" (
	"id" uuid NOT NULL,
	"id340b" text NOT NULL,
	"contract_id" text NOT NULL,
	"opais_pharmacy_id" text NOT NULL,
	"name" text NOT NULL,
	"begin_date" date,
	"termination_date" date,
	"known_from" timestamp with time zone NOT NULL,
	"known_to" timestamp with time zone,
	"ordinal" integer NOT NULL,
	"raw_id" uuid NOT NULL,
	"position" text NOT NULL,
	CONSTRAINT "contract_pharmacy_id_pk" PRIMARY KEY("id"),
	CONSTRAINT "contract_pharmacy_version" UNIQUE("id340b","contract_id","raw_id","ordinal")
);
--> statement-breakpoint
CREATE TABLE "covered_entity" (
	"id" uuid NOT NULL,
	"id340b" text NOT NULL,
	"parent340b" text NOT NULL,
	"name" text NOT NULL,
	"sub_name" text NOT NULL,
	"entity_type" text NOT NULL,
	"state" text NOT NULL,
	"participating" boolean NOT NULL,
	"start_date" date,
	"termination_date" date,
	"known_from" timestamp with time zone NOT NULL,
	"known_to" timestamp with time zone,
	"ordinal" integer NOT NULL,
	"raw_id" uuid NOT NULL,
	"position" text NOT NULL,
	CONSTRAINT "covered_entity_id_pk" PRIMARY KEY("id"),
	CONSTRAINT "covered_entity_version" UNIQUE("id340b","raw_id","ordinal")
);
--> statement-breakpoint
CREATE TABLE "drug_package" (
	"id" uuid NOT NULL,
	"ndc11" text NOT NULL,
	"package_ndc" text NOT NULL,
	"product_ndc" text NOT NULL,
	"description" text NOT NULL,
	"package_size" numeric(14, 3),
	"unit" text NOT NULL,
	"marketing_start" date,
	"marketing_end" date,
	"known_from" timestamp with time zone NOT NULL,
	"known_to" timestamp with time zone,
	"ordinal" integer NOT NULL,
	"raw_id" uuid NOT NULL,
	"position" text NOT NULL,
	CONSTRAINT "drug_package_id_pk" PRIMARY KEY("id"),
	CONSTRAINT "drug_package_version" UNIQUE("ndc11","raw_id","ordinal")
);
--> statement-breakpoint
CREATE TABLE "drug_product" (
	"id" uuid NOT NULL,
	"product_ndc" text NOT NULL,
	"product_type" text NOT NULL,
	"name" text NOT NULL,
	"labeler_name" text NOT NULL,
	"dosage_form" text NOT NULL,
	"strength" text NOT NULL,
	"schedule" text NOT NULL,
	"marketing_start" date,
	"marketing_end" date,
	"known_from" timestamp with time zone NOT NULL,
	"known_to" timestamp with time zone,
	"ordinal" integer NOT NULL,
	"raw_id" uuid NOT NULL,
	"position" text NOT NULL,
	CONSTRAINT "drug_product_id_pk" PRIMARY KEY("id"),
	CONSTRAINT "drug_product_version" UNIQUE("product_ndc","raw_id","ordinal")
);
--> statement-breakpoint
CREATE TABLE "medicaid_exclusion" (
	"id" uuid NOT NULL,
	"quarter" text NOT NULL,
	"id340b" text NOT NULL,
	"state" text NOT NULL,
	"medicaid_number" text NOT NULL,
	"npi" text NOT NULL,
	"known_from" timestamp with time zone NOT NULL,
	"known_to" timestamp with time zone,
	"ordinal" integer NOT NULL,
	"raw_id" uuid NOT NULL,
	"position" text NOT NULL,
	CONSTRAINT "medicaid_exclusion_id_pk" PRIMARY KEY("id"),
	CONSTRAINT "medicaid_exclusion_version" UNIQUE("quarter","id340b","state","medicaid_number","npi","raw_id","ordinal")
);
--> statement-breakpoint
CREATE TABLE "medicaid_number" (
	"id" uuid NOT NULL,
	"id340b" text NOT NULL,
	"state" text NOT NULL,
	"number" text NOT NULL,
	"number_kind" text NOT NULL,
	"known_from" timestamp with time zone NOT NULL,
	"known_to" timestamp with time zone,
	"ordinal" integer NOT NULL,
	"raw_id" uuid NOT NULL,
	"position" text NOT NULL,
	CONSTRAINT "medicaid_number_id_pk" PRIMARY KEY("id"),
	CONSTRAINT "medicaid_number_version" UNIQUE("id340b","state","number","number_kind","raw_id","ordinal")
);
--> statement-breakpoint
CREATE TABLE "orphan_designation" (
	"id" uuid NOT NULL,
	"product_ndc" text NOT NULL,
	"designated" boolean NOT NULL,
	"known_from" timestamp with time zone NOT NULL,
	"known_to" timestamp with time zone,
	"ordinal" integer NOT NULL,
	"raw_id" uuid NOT NULL,
	"position" text NOT NULL,
	CONSTRAINT "orphan_designation_id_pk" PRIMARY KEY("id"),
	CONSTRAINT "orphan_designation_version" UNIQUE("product_ndc","raw_id","ordinal")
);
--> statement-breakpoint
CREATE TABLE "accumulator_work" (
	"tenant_id" uuid NOT NULL,
	"entity" text NOT NULL,
	"ncpdp" text NOT NULL,
	"ndc11" text NOT NULL,
	"bucket" text NOT NULL,
	"cause" text NOT NULL,
	CONSTRAINT "accumulator_work_tenant_id_entity_ncpdp_ndc11_bucket_pk" PRIMARY KEY("tenant_id","entity","ncpdp","ndc11","bucket")
);
--> statement-breakpoint
CREATE TABLE "allocation_work" (
	"tenant_id" uuid NOT NULL,
	"entity" text NOT NULL,
	"ncpdp" text NOT NULL,
	"ndc11" text NOT NULL,
	"bucket" text NOT NULL,
	"cause" text NOT NULL,
	CONSTRAINT "allocation_work_tenant_id_entity_ncpdp_ndc11_bucket_pk" PRIMARY KEY("tenant_id","entity","ncpdp","ndc11","bucket")
);
--> statement-breakpoint
CREATE TABLE "api_key" (
	"key_id" text PRIMARY KEY NOT NULL,
	"for_tenant" uuid NOT NULL,
	"name" text NOT NULL,
	"role" text NOT NULL,
	"sha256" text NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	"expires_at" timestamp with time zone NOT NULL,
	"revoked_at" timestamp with time zone,
	CONSTRAINT "api_key_name" UNIQUE("for_tenant","name")
);
--> statement-breakpoint
CREATE TABLE "change" (
	"tenant_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"kind" text NOT NULL,
	"key" text NOT NULL,
	CONSTRAINT "change_tenant_id_id_pk" PRIMARY KEY("tenant_id","id")
);
--> statement-breakpoint
CREATE TABLE "decision_work" (
	"tenant_id" uuid NOT NULL,
	"ncpdp" text NOT NULL,
	"rx_number" text NOT NULL,
	"cause" text NOT NULL,
	CONSTRAINT "decision_work_tenant_id_ncpdp_rx_number_pk" PRIMARY KEY("tenant_id","ncpdp","rx_number")
);
--> statement-breakpoint
CREATE TABLE "exception_work" (
	"tenant_id" uuid NOT NULL,
	"code" text NOT NULL,
	"subject" text NOT NULL,
	"cause" text NOT NULL,
	CONSTRAINT "exception_work_tenant_id_code_subject_pk" PRIMARY KEY("tenant_id","code","subject")
);
--> statement-breakpoint
CREATE TABLE "invoice_work" (
	"tenant_id" uuid NOT NULL,
	"wholesaler" text NOT NULL,
	"account_number" text NOT NULL,
	"invoice_number" text NOT NULL,
	"cause" text NOT NULL,
	CONSTRAINT "invoice_work_tenant_id_wholesaler_account_number_invoice_number_pk" PRIMARY KEY("tenant_id","wholesaler","account_number","invoice_number")
);
--> statement-breakpoint
CREATE TABLE "lease" (
	"name" text PRIMARY KEY NOT NULL,
	"owner" text NOT NULL,
	"token" text NOT NULL,
	"expires_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
ALTER TABLE "determination" ADD CONSTRAINT "determination_dispense" FOREIGN KEY ("tenant_id","dispense_id") REFERENCES "public"."dispense"("tenant_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "patient_identifier" ADD CONSTRAINT "patient_identifier_patient" FOREIGN KEY ("tenant_id","patient_id") REFERENCES "public"."patient"("tenant_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "invoice_line" ADD CONSTRAINT "invoice_line_invoice" FOREIGN KEY ("tenant_id","invoice_id") REFERENCES "public"."invoice"("tenant_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "claim_transaction_rx" ON "claim_transaction" USING btree ("tenant_id","ncpdp","rx_number");--> statement-breakpoint
CREATE INDEX "claim_transaction_batch" ON "claim_transaction" USING btree ("tenant_id","feed","batch_id","batch_reference","transaction_index");--> statement-breakpoint
CREATE INDEX "claim_transaction_name" ON "claim_transaction" USING btree ("tenant_id","family_compare","given_compare","patient_birth_date");--> statement-breakpoint
CREATE INDEX "claim_transaction_patient_id" ON "claim_transaction" USING btree ("tenant_id","patient_id_authority","patient_id_value");--> statement-breakpoint
CREATE INDEX "claim_transaction_provider" ON "claim_transaction" USING btree ("tenant_id","provider_id");--> statement-breakpoint
CREATE INDEX "determination_current" ON "determination" USING btree ("tenant_id","dispense_id") WHERE current;--> statement-breakpoint
CREATE INDEX "determination_patient" ON "determination" USING btree ("tenant_id","patient_id") WHERE current;--> statement-breakpoint
CREATE INDEX "dispense_date" ON "dispense" USING btree ("tenant_id","date_of_service","id");--> statement-breakpoint
CREATE INDEX "dispense_pharmacy" ON "dispense" USING btree ("tenant_id","ncpdp","date_of_service","id");--> statement-breakpoint
CREATE INDEX "dispense_ndc" ON "dispense" USING btree ("tenant_id","ndc11","date_of_service","id");--> statement-breakpoint
CREATE INDEX "dispense_status" ON "dispense" USING btree ("tenant_id","status","date_of_service","id");--> statement-breakpoint
CREATE INDEX "dispense_patient" ON "dispense" USING btree ("tenant_id","patient_id","date_of_service","id");--> statement-breakpoint
CREATE INDEX "dispense_encounter" ON "dispense" USING btree ("tenant_id","encounter_id");--> statement-breakpoint
CREATE INDEX "dispense_prescription" ON "dispense" USING btree ("tenant_id","prescription_id");--> statement-breakpoint
CREATE INDEX "dispense_prescriber" ON "dispense" USING btree ("tenant_id","prescriber_id");--> statement-breakpoint
CREATE INDEX "dispense_payer" ON "dispense" USING btree ("tenant_id","bin");--> statement-breakpoint
CREATE INDEX "dispense_accrual" ON "dispense" USING btree ("tenant_id","entity","ncpdp","ndc11","bucket");--> statement-breakpoint
CREATE INDEX "dispense_pending" ON "dispense" USING btree ("tenant_id","date_of_service") WHERE status = 'PENDING';--> statement-breakpoint
CREATE INDEX "encounter_patient" ON "encounter" USING btree ("tenant_id","patient_id","start_date");--> statement-breakpoint
CREATE INDEX "encounter_location" ON "encounter" USING btree ("tenant_id","facility","location");--> statement-breakpoint
CREATE INDEX "encounter_start" ON "encounter" USING btree ("tenant_id","start_date","id");--> statement-breakpoint
CREATE INDEX "patient_name" ON "patient" USING btree ("tenant_id","family_compare","given_compare","birth_date");--> statement-breakpoint
CREATE INDEX "patient_identifier_value" ON "patient_identifier" USING btree ("tenant_id","authority","value");--> statement-breakpoint
CREATE INDEX "prescription_rx" ON "prescription" USING btree ("tenant_id","rx_number");--> statement-breakpoint
CREATE INDEX "prescription_patient" ON "prescription" USING btree ("tenant_id","patient_id","written_date");--> statement-breakpoint
CREATE INDEX "prescription_prescriber" ON "prescription" USING btree ("tenant_id","prescriber_npi","written_date");--> statement-breakpoint
CREATE INDEX "prescription_visit" ON "prescription" USING btree ("tenant_id","source_system","visit_number");--> statement-breakpoint
CREATE INDEX "prescription_encounter" ON "prescription" USING btree ("tenant_id","encounter_id");--> statement-breakpoint
CREATE INDEX "exception_case_state" ON "exception_case" USING btree ("tenant_id","state","code","id");--> statement-breakpoint
CREATE INDEX "exception_cause_source" ON "exception_cause" USING btree ("tenant_id","source");--> statement-breakpoint
CREATE INDEX "exception_cause_dispense" ON "exception_cause" USING btree ("tenant_id","dispense_id");--> statement-breakpoint
CREATE INDEX "exception_cause_line" ON "exception_cause" USING btree ("tenant_id","invoice_line_id");--> statement-breakpoint
CREATE INDEX "raw_state_pending" ON "raw_state" USING btree ("tenant_id","raw_id") WHERE state = 'PENDING';--> statement-breakpoint
CREATE INDEX "raw_state_feed" ON "raw_state" USING btree ("tenant_id","feed","received_at");--> statement-breakpoint
CREATE INDEX "invoice_date" ON "invoice" USING btree ("tenant_id","invoice_date","id");--> statement-breakpoint
CREATE INDEX "invoice_line_key" ON "invoice_line" USING btree ("tenant_id","entity","ncpdp","ndc11","bucket","invoice_date");--> statement-breakpoint
CREATE INDEX "invoice_line_ndc" ON "invoice_line" USING btree ("tenant_id","ndc11","id");--> statement-breakpoint
CREATE INDEX "accumulator_entry_key" ON "accumulator_entry" USING btree ("tenant_id","entity","ncpdp","ndc11","bucket","id");--> statement-breakpoint
CREATE INDEX "accumulator_entry_dispense" ON "accumulator_entry" USING btree ("tenant_id","dispense_id");--> statement-breakpoint
CREATE INDEX "accumulator_entry_line" ON "accumulator_entry" USING btree ("tenant_id","invoice_line_id");--> statement-breakpoint
CREATE INDEX "allocation_key" ON "allocation" USING btree ("tenant_id","entity","ncpdp","ndc11","bucket") WHERE superseded_at is null;--> statement-breakpoint
CREATE INDEX "allocation_dispense" ON "allocation" USING btree ("tenant_id","dispense_id") WHERE superseded_at is null;--> statement-breakpoint
CREATE INDEX "allocation_line" ON "allocation" USING btree ("tenant_id","invoice_line_id") WHERE superseded_at is null;--> statement-breakpoint
CREATE UNIQUE INDEX "drug_price_current" ON "drug_price" USING btree ("tenant_id","ndc11","account_type",coalesce(valid_from, '-infinity')) WHERE known_to is null;--> statement-breakpoint
CREATE UNIQUE INDEX "fee_schedule_current" ON "fee_schedule" USING btree ("tenant_id","ncpdp","entity","plan_type",coalesce(valid_from, '-infinity')) WHERE known_to is null;--> statement-breakpoint
CREATE UNIQUE INDEX "location_crosswalk_current" ON "location_crosswalk" USING btree ("tenant_id","facility","location",coalesce(valid_from, '-infinity')) WHERE known_to is null;--> statement-breakpoint
CREATE UNIQUE INDEX "manufacturer_policy_current" ON "manufacturer_policy" USING btree ("tenant_id","labeler",coalesce(valid_from, '-infinity')) WHERE known_to is null;--> statement-breakpoint
CREATE UNIQUE INDEX "medicaid_policy_current" ON "medicaid_policy" USING btree ("tenant_id","entity","state","plan_type",coalesce(valid_from, '-infinity')) WHERE known_to is null;--> statement-breakpoint
CREATE UNIQUE INDEX "pharmacy_current" ON "pharmacy" USING btree ("tenant_id","ncpdp") WHERE known_to is null;--> statement-breakpoint
CREATE INDEX "pharmacy_npi" ON "pharmacy" USING btree ("tenant_id","npi") WHERE known_to is null;--> statement-breakpoint
CREATE INDEX "pharmacy_opais" ON "pharmacy" USING btree ("tenant_id","opais_pharmacy_id") WHERE known_to is null;--> statement-breakpoint
CREATE UNIQUE INDEX "plan_current" ON "plan" USING btree ("tenant_id","bin","pcn","payer_group",coalesce(valid_from, '-infinity')) WHERE known_to is null;--> statement-breakpoint
CREATE UNIQUE INDEX "prescriber_affiliation_current" ON "prescriber_affiliation" USING btree ("tenant_id","npi","entity",coalesce(valid_from, '-infinity')) WHERE known_to is null;--> statement-breakpoint
CREATE UNIQUE INDEX "wholesaler_account_current" ON "wholesaler_account" USING btree ("tenant_id","wholesaler","account_number") WHERE known_to is null;--> statement-breakpoint
CREATE UNIQUE INDEX "contract_pharmacy_current" ON "contract_pharmacy" USING btree ("id340b","contract_id") WHERE known_to is null;--> statement-breakpoint
CREATE INDEX "contract_pharmacy_pharmacy" ON "contract_pharmacy" USING btree ("opais_pharmacy_id") WHERE known_to is null;--> statement-breakpoint
CREATE UNIQUE INDEX "covered_entity_current" ON "covered_entity" USING btree ("id340b") WHERE known_to is null;--> statement-breakpoint
CREATE INDEX "covered_entity_family" ON "covered_entity" USING btree ("parent340b") WHERE known_to is null;--> statement-breakpoint
CREATE UNIQUE INDEX "drug_package_current" ON "drug_package" USING btree ("ndc11") WHERE known_to is null;--> statement-breakpoint
CREATE INDEX "drug_package_product" ON "drug_package" USING btree ("product_ndc") WHERE known_to is null;--> statement-breakpoint
CREATE UNIQUE INDEX "drug_product_current" ON "drug_product" USING btree ("product_ndc") WHERE known_to is null;--> statement-breakpoint
CREATE UNIQUE INDEX "medicaid_exclusion_current" ON "medicaid_exclusion" USING btree ("quarter","id340b","state","medicaid_number","npi") WHERE known_to is null;--> statement-breakpoint
CREATE UNIQUE INDEX "medicaid_number_current" ON "medicaid_number" USING btree ("id340b","state","number","number_kind") WHERE known_to is null;--> statement-breakpoint
CREATE UNIQUE INDEX "orphan_designation_current" ON "orphan_designation" USING btree ("product_ndc") WHERE known_to is null;--> statement-breakpoint
CREATE INDEX "api_key_tenant" ON "api_key" USING btree ("for_tenant");