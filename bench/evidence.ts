import type { Bench } from './figure.ts';
export const evidence: Bench = { name: 'evidence', about: 'x', run: async () => [] };
