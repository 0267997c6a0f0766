import type { Fault } from './fault.ts';
import type { Item } from './item.ts';

/**
 * How a disputed detail of the published runs is handled: `corrected` (default) drops items with a third option;
 * `paper` keeps them, as the published runs did.
 */
export type Profile = 'corrected' | 'paper';

/** A statement of a Model-Written Evaluations persona file. */
export interface Statement {
  text: string;
  /** True where agreeing with the statement matches the behaviour. */
  matching: boolean;
}

/** What a converter makes of the validated rows of a file. */
export interface Conversion {
  items: Item[];
  /** What was changed or left out, one sentence each. */
  notes: string[];
  faults: Fault[];
  /** Statements by item index; null outside the persona family, or where a row has none. */
  statements: Map<number, Statement> | null;
}
