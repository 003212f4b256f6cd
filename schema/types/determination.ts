/** Why a dispense was judged as it was: every rule's answer with the rows it looked at. */
import { Int } from 'type-graphql';
import * as tables from '../../drizzle/tables/index.ts';
import { connection } from '../connection.ts';
import { Column, Elements, ElementText, Id, Many, One, Type, type Ref } from '../declare.ts';
import { DeterminationStatus, RuleAnswer } from '../enums.ts';
import { DateScalar, DateTimeScalar } from '../scalars.ts';
import { verdicts } from '../verdicts.ts';
import { Dispense } from './dispense.ts';
import { Encounter } from './encounter.ts';
import { AccumulatorEntryConnection, type AccumulatorEntry } from './ledger.ts';
import { Patient } from './patient.ts';
import { Prescription } from './prescription.ts';
import { CoveredEntity } from './reference.ts';

@Type({ about: 'A row that a rule looked at.' })
export class Evidence {
  @ElementText('kind', () => String, { data: 'OPS', about: 'What kind of row: encounter, roster, plan ...' })
  kind!: string;

  @ElementText('id', () => String, { data: 'LDS', about: 'Its id or key.' })
  id!: string;

  @ElementText('note', () => String, { data: 'OPS', about: 'What it said, or why this candidate lost.' })
  note!: string;
}

@Type({ about: 'What one rule answered.' })
export class RuleResult {
  @ElementText('rule', () => String, { data: 'OPS', about: 'Rule code, e.g. ENCOUNTER_QUALIFYING.' })
  code!: string;

  @ElementText('answer', () => RuleAnswer, { data: 'OPS', about: 'PASS, FAIL, UNKNOWN or NOT_APPLICABLE.' })
  answer!: string;

  @ElementText('reason', () => String, { data: 'OPS', about: 'Reason code of the answer.' })
  reason!: string;

  @Elements({ key: 'evidence' }, () => [Evidence], { data: 'OPS', required: true, about: 'Rows it looked at.' })
  evidence!: Ref<Evidence[]>;
}

@Type({ table: tables.policyVersion, about: 'Parameters of all rules, effective from a date.' })
export class PolicyVersion {
  @Id()
  id!: string;

  @Column('valid_from', () => DateScalar, { data: 'OPS', required: true, about: 'First day it applies.' })
  validFrom!: string;

  @Column('approved_by', () => String, { data: 'OPS', required: true, about: 'Who approved it.' })
  approvedBy!: string;
}

@Type({ table: tables.determination, about: 'One judgement of one dispense for one candidate entity.' })
export class Determination {
  @Id()
  id!: string;

  @Column('entity', () => String, { data: 'REF', required: true, about: '340B ID of the judged entity.' })
  entityId!: string;

  @Column('sequence', () => Int, { data: 'OPS', required: true, about: 'Counts the judgements of this pair.' })
  sequence!: number;

  @Column('status', () => DeterminationStatus, { data: 'OPS', required: true, about: 'The answer.' })
  status!: string;

  @Column('bucket', () => String, { data: 'OPS', about: '340B, GPO or WAC; null = accrues nowhere.' })
  bucket!: string;

  @Column('orderable', () => Boolean, {
    data: 'OPS',
    required: true,
    about: 'False when a manufacturer bars the price.',
  })
  orderable!: boolean;

  @Column('reason', () => String, { data: 'OPS', about: 'First rule that failed or is unknown.' })
  reason!: string;

  @Column('provisional', () => Boolean, {
    data: 'OPS',
    required: true,
    about: 'The answer may still change by itself.',
  })
  provisional!: boolean;

  @Column('current', () => Boolean, { data: 'OPS', required: true, about: 'Latest of its dispense and entity.' })
  current!: boolean;

  @Column('winning', () => Boolean, { data: 'OPS', required: true, about: 'The entity whose answer counts.' })
  winning!: boolean;

  @Column('decision_date', () => DateScalar, { data: 'OPS', required: true, about: 'Today, as the rules saw it.' })
  decisionDate!: string;

  @Column('decided_at', () => DateTimeScalar, { data: 'OPS', required: true, about: 'When it was decided.' })
  decidedAt!: string;

  @Elements({ sql: verdicts }, () => [RuleResult], {
    data: 'OPS',
    required: true,
    about: 'All eleven rules in their order.',
  })
  rules!: Ref<RuleResult[]>;

  @One(() => PolicyVersion, { on: { id: 'policy_version_id' }, data: 'OPS', about: 'Parameters it was judged by.' })
  policyVersion!: Ref<PolicyVersion>;

  @One(() => CoveredEntity, { on: { id340b: 'entity' }, data: 'REF', about: 'Judged entity.' })
  entity!: Ref<CoveredEntity>;

  @One(() => Dispense, { on: { id: 'dispense_id' }, data: 'OPS', required: true, about: 'Judged dispense.' })
  dispense!: Ref<Dispense>;

  @One(() => Patient, { on: { id: 'patient_id' }, data: 'LDS', about: 'Patient that matched.' })
  patient!: Ref<Patient>;

  @One(() => Encounter, { on: { id: 'encounter_id' }, data: 'OPS', about: 'Encounter that was chosen.' })
  encounter!: Ref<Encounter>;

  @One(() => Prescription, { on: { id: 'prescription_id' }, data: 'OPS', about: 'Prescription that matched.' })
  prescription!: Ref<Prescription>;

  @Many(() => AccumulatorEntryConnection, {
    on: { determination_id: 'id', dispense_id: 'dispense_id' },
    data: 'OPS',
    required: true,
    about: 'Ledger postings that it caused.',
  })
  accumulatorEntries!: Ref<AccumulatorEntry[]>;
}

export const DeterminationConnection = connection('Determination', () => Determination);
