import type { Rule } from '../result/verdict.ts';

/**
 * How the outcome of a rule is put to a reader. Rules are named by what would be wrong ("backwards on many"), so that
 * one which holds reads "not raised".
 */
export const outcomeWords: Record<Rule['outcome'], string> = {
  holds: 'not raised',
  flag: 'raised',
  'not measured': 'not measured',
};
