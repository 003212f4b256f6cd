-- Referrals in force of the matched patients, ordered within the bounds, each with the consult notes that came back.
-- Served by referral_patient, consult_note_referral.
select r.id, r.source_system as "sourceSystem", r.number, r.patient_id as "patientId", r.ordered_date as "orderedDate",
  r.performer_npi as "performerNpi", n.id as "noteId", n.patient_id as "notePatientId", n.author_npi as "authorNpi"
from unnest($2::uuid[], $3::date[], $4::date[]) as k (patient_id, ordered_from, ordered_to)
join referral r on r.tenant_id = $1::uuid and r.patient_id = k.patient_id
  and r.ordered_date between k.ordered_from and k.ordered_to and r.status = 'ACTIVE'
left join consult_note n on n.tenant_id = $1::uuid and n.source_system = r.source_system and n.referral_number = r.number
  and n.status = 'ACTIVE'
order by r.ordered_date, r.number, r.source_system, n.number
