/** All stories, one line per group. */
import type { Story } from '../story.ts';
import { ELIGIBLE } from './eligible.ts';
import { IDENTITY } from './identity.ts';
import { REFUSED } from './refused.ts';
import { TRANSACTIONS } from './transactions.ts';
import { UNCLEAR } from './unclear.ts';

export const STORIES: readonly Story[] = [...ELIGIBLE, ...REFUSED, ...UNCLEAR, ...TRANSACTIONS, ...IDENTITY];
