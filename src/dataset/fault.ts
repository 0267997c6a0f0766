import { SteerbenchError } from '../errors.ts';

/** One thing that is wrong in a dataset file. */
export interface Fault {
  /** Where: `line 3`, `item 4` of a JSON array, or `file`. */
  place: string;
  /** Name of the field, with dots for nested ones; null where no single field is meant. */
  field: string | null;
  /** What was expected and what was found. */
  message: string;
}

/** A fault as one line: `items.jsonl line 3, field "negative": expected string, received undefined`. */
export function describeFault(file: string, fault: Fault): string {
  const place = fault.place === 'file' ? file : `${file} ${fault.place}`;
  return fault.field === null
    ? `${place}: ${fault.message}`
    : `${place}, field "${fault.field}": ${fault.message}`;
}

/** The error for a file with at least one fault: names the first and counts the others. */
export function malformed(file: string, faults: readonly Fault[]): SteerbenchError {
  const others = faults.length - 1;
  const more = others === 0 ? '' : ` (and ${others} more ${others === 1 ? 'fault' : 'faults'})`;
  return new SteerbenchError('data-malformed', `${describeFault(file, faults[0]!)}${more}`, {
    remedy: `run "steerbench data check ${file}" for all faults`,
  });
}
