import type { Result } from '../../src/result/schema.ts';

/** What an example run is made from: the truth behind its numbers. */
export interface Truth {
  name: string;
  title: string;
  format: Result['format'];
  /** Whether the options are Yes and No. */
  words: boolean;
  /** Mean slope, standard deviation of the content, half of what letter and word do. */
  strength: number;
  spread: number;
  letter: number;
  word: number;
  /** A number of its own. */
  salt: number;
}

export const exampleMultipliers = [-1.5, -1, -0.5, 0, 0.5, 1, 1.5];
