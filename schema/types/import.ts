/** What files of master and reference data have changed. */
import { Int } from 'type-graphql';
import * as tables from '../../drizzle/tables/index.ts';
import { connection } from '../connection.ts';
import { Column, Computed, Id, Type } from '../declare.ts';
import { DateTimeScalar } from '../scalars.ts';

@Type({
  table: tables.dataImport,
  about: 'One kind of rows in one file of master or reference data, and what it changed against what was known before.',
})
export class Import {
  @Id()
  id!: string;

  @Column('raw_id', () => String, { data: 'OPS', required: true, about: 'Id of the raw file.' })
  rawId!: string;

  @Column('feed', () => String, { data: 'OPS', required: true, about: 'Feed it came by.' })
  feed!: string;

  @Column('kind', () => String, {
    data: 'OPS',
    required: true,
    about: 'Kind of the rows: prescriberAffiliation, coveredEntity, drugPrice ...',
  })
  kind!: string;

  @Column('received_at', () => DateTimeScalar, { data: 'OPS', required: true, about: 'Receipt: known from then on.' })
  receivedAt!: string;

  @Column('rows', () => Int, { data: 'OPS', required: true, about: 'Different keys that the file names.' })
  rows!: number;

  @Column('added', () => Int, { data: 'OPS', required: true, about: 'Keys that were not known before.' })
  added!: number;

  @Column('changed', () => Int, { data: 'OPS', required: true, about: 'Keys of which something else is said now.' })
  changed!: number;

  @Column('ended', () => Int, {
    data: 'OPS',
    required: true,
    about: 'Keys whose end came nearer, or which a whole list names no more.',
  })
  ended!: number;

  @Column('unchanged', () => Int, { data: 'OPS', required: true, about: 'Keys of which the same is said.' })
  unchanged!: number;

  @Column('waiting', () => Boolean, { data: 'OPS', required: true, about: 'The counts are not final yet.' })
  waiting!: boolean;

  @Computed(
    () => Int,
    { data: 'OPS', required: true, about: 'Dispenses that the whole file had decided again.' },
    ({ from, row }) =>
      `(select coalesce(sum(e.dispenses), 0)::int from ${from(tables.importEffect, 'e', `e.raw_id = ${row}.raw_id`)})`,
  )
  dispenses!: number;
}

export const ImportConnection = connection('Import', () => Import);
