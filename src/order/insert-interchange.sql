-- An interchange that the hub has written, under its control number.
-- Served by edi_interchange_serial.
insert into edi_interchange (tenant_id, id, partner, serial, control_number, functional_code, feed, created_at, answers_raw_id,
  answers_position, content, expects_acknowledgement)
select $1::uuid, $2::uuid, $3::text, $4::integer, $4::integer::text, $5::text, $6::text, $7::timestamptz, $8::uuid, $9::text, $10::text,
  $11::boolean
