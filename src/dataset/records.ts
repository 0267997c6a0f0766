import type { Fault } from './fault.ts';

/** One raw item of a dataset file, not yet validated. */
export interface RawRecord {
  /** 0-based line, or index in the array. */
  index: number;
  /** The place in words, 1-based: `line 3`, or `item 3`. */
  place: string;
  value: Record<string, unknown>;
}

/** The raw items of a file, whether it is JSON Lines or one JSON array. */
export interface RawRecords {
  layout: 'lines' | 'array';
  records: RawRecord[];
  faults: Fault[];
}

/**
 * Splits the bytes of a dataset into raw items; every fault is collected, none is thrown.
 *
 * UTF-8, with or without a byte order mark; line ends LF or CRLF; blank lines are passed over.
 */
export function splitRecords(bytes: Uint8Array): RawRecords {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return {
      layout: 'lines',
      records: [],
      faults: [fileFault('expected UTF-8 text; save the file as UTF-8')],
    };
  }
  const split = text.trimStart().startsWith('[') ? splitArray(text) : splitLines(text);
  if (split.records.length === 0 && split.faults.length === 0) split.faults.push(fileFault('no items'));
  return split;
}

function splitLines(text: string): RawRecords {
  const result: RawRecords = { layout: 'lines', records: [], faults: [] };
  for (const [index, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue;
    try {
      addRecord(result, index, `line ${index + 1}`, JSON.parse(line));
    } catch (error) {
      addFault(result, `line ${index + 1}`, `expected one JSON object; ${(error as Error).message}`);
    }
  }
  return result;
}

function splitArray(text: string): RawRecords {
  const result: RawRecords = { layout: 'array', records: [], faults: [] };
  try {
    const values = JSON.parse(text) as unknown[];
    for (const [index, value] of values.entries()) addRecord(result, index, `item ${index + 1}`, value);
  } catch (error) {
    addFault(result, 'file', `expected a JSON array; ${(error as Error).message}`);
  }
  return result;
}

function addRecord(result: RawRecords, index: number, place: string, value: unknown): void {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    result.records.push({ index, place, value: value as Record<string, unknown> });
  } else {
    const found = value === null ? 'null' : Array.isArray(value) ? 'an array' : `a ${typeof value}`;
    addFault(result, place, `expected a JSON object, found ${found}`);
  }
}

function addFault(result: RawRecords, place: string, message: string): void {
  result.faults.push({ place, field: null, message });
}

function fileFault(message: string): Fault {
  return { place: 'file', field: null, message };
}
