/** Public data that the worlds of the deciding tests share. */
import type { Database } from '../../src/db/client.ts';
import { newId } from '../../src/db/ids.ts';
import { insert, NDC, version } from './decide-world.ts';

/** DSH1 with a site and a contract pharmacy, RRC2, a drug. */
export async function publicData(db: Database): Promise<void> {
  const entity = (id340b: string, parent340b: string, entityType: string) => ({
    id: newId(),
    id340b,
    parent340b,
    name: id340b,
    sub_name: '',
    entity_type: entityType,
    state: 'IL',
    participating: true,
    start_date: '2010-01-01',
    termination_date: null,
    ...version(),
  });
  await db.transaction(async (tx) => {
    await insert(tx, 'covered_entity', [
      entity('DSH1', 'DSH1', 'DSH'),
      entity('DSH1A', 'DSH1', 'DSH'),
      entity('RRC2', 'RRC2', 'RRC'),
    ]);
    await insert(tx, 'contract_pharmacy', [
      {
        id: newId(),
        id340b: 'DSH1',
        contract_id: 'C1',
        opais_pharmacy_id: 'P1',
        name: 'P',
        begin_date: '2020-01-01',
        termination_date: null,
        ...version(),
      },
    ]);
    await insert(tx, 'drug_product', [
      {
        id: newId(),
        product_ndc: '000931048',
        product_type: 'HUMAN PRESCRIPTION DRUG',
        name: 'Drug',
        labeler_name: 'L',
        dosage_form: 'TABLET',
        strength: '',
        schedule: '',
        marketing_start: '2000-01-01',
        marketing_end: null,
        ...version(),
      },
    ]);
    await insert(tx, 'drug_package', [
      {
        id: newId(),
        ndc11: NDC,
        package_ndc: '0093-1048-01',
        product_ndc: '000931048',
        description: '',
        package_size: '100',
        unit: 'EA',
        marketing_start: null,
        marketing_end: null,
        ...version(),
      },
    ]);
  });
}
