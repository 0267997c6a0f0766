import { createHash } from 'node:crypto';
import { type Balance, countBalance, describeBalance } from './balance.ts';
import type { Conversion, Profile, Statement } from './conversion.ts';
import type { Fault } from './fault.ts';
import { convertLettered } from './from-lettered.ts';
import { convertPairs, convertProcessed, convertResponses, convertTruthful } from './from-pairs.ts';
import { convertPersona } from './from-persona.ts';
import type { Behaviour, Item } from './item.ts';
import { type RawRecord, splitRecords } from './records.ts';
import { detectShape, type Shape, shapeFields, validateRows } from './shapes.ts';

/** A behaviour as it was read, with what the split and the reports need beside the items. */
export interface LoadedBehaviour extends Behaviour {
  /** Statements of a persona file by item index, for `pairStatements`; null elsewhere. */
  statements: ReadonlyMap<number, Statement> | null;
  /** Counts of positive letter and word. */
  balance: Balance;
  /** Sha256 of the items as the models get them, hexadecimal: equal for files that differ in layout only. */
  fingerprint: string;
}

/** What came of the bytes of a dataset. */
export interface ParsedBehaviour {
  /** Null where the file's shape is not known; else the items without fault. */
  behaviour: LoadedBehaviour | null;
  faults: Fault[];
}

/**
 * Reads the bytes of a dataset of any known family; faults are collected, none is thrown.
 *
 * @param options.name Name of the behaviour in reports.
 * @param options.source `built-in` or an absolute path.
 * @param options.profile Default `corrected`.
 */
export function parseBehaviour(
  bytes: Uint8Array,
  options: { name: string; source: string; profile?: Profile },
): ParsedBehaviour {
  const { layout, records, faults } = splitRecords(bytes);
  const shape = commonShape(records);
  if (shape === null) {
    if (records.length > 0) faults.unshift(unknownShape(records[0]!));
    return { behaviour: null, faults };
  }
  const { items, notes, statements, faults: more } = convert(shape, records, options.profile ?? 'corrected');
  const balance = countBalance(items);
  const hash = sha256(bytes);
  const family = familyOf(shape, layout);
  const { name, source } = options;
  const behaviour = {
    name,
    source,
    family,
    hash,
    items,
    notes: balance.balanced ? notes : [...notes, describeBalance(balance)],
    statements,
    balance,
    fingerprint: fingerprintOf(items, statements),
  };
  return { behaviour, faults: [...faults, ...more] };
}

/** The shape of the first item that has the fields of one: the first lines decide, the rest must follow. */
function commonShape(records: readonly RawRecord[]): Shape | null {
  for (const { value } of records.slice(0, 10)) {
    const shape = detectShape(value);
    if (shape !== null) return shape;
  }
  return null;
}

function convert(shape: Shape, records: readonly RawRecord[], profile: Profile): Conversion {
  const convertRows = {
    pair: () => validated('pair', records, convertPairs),
    truthful: () => validated('truthful', records, convertTruthful),
    persona: () => validated('persona', records, convertPersona),
    lettered: () => validated('lettered', records, (rows) => convertLettered(rows, profile)),
    processed: () => validated('processed', records, convertProcessed),
    responses: () => validated('responses', records, convertResponses),
  };
  return convertRows[shape]();
}

function validated<S extends Shape>(
  shape: S,
  records: readonly RawRecord[],
  converter: (rows: ReturnType<typeof validateRows<S>>['rows']) => Conversion,
): Conversion {
  const { rows, faults } = validateRows(shape, records);
  const conversion = converter(rows);
  return { ...conversion, faults: [...faults, ...conversion.faults] };
}

function familyOf(shape: Shape, layout: 'lines' | 'array'): Behaviour['family'] {
  if (shape === 'persona') return 'mwe-persona';
  if (shape === 'lettered') return layout === 'array' ? 'caa' : 'mwe-ai-risk';
  return shape === 'processed' || shape === 'responses' ? 'processed' : 'pairs';
}

function unknownShape(record: RawRecord): Fault {
  const found = Object.keys(record.value).slice(0, 6).join(', ') || 'none';
  const known = Object.values(shapeFields).join('; ');
  return {
    place: record.place,
    field: null,
    message: `found the fields ${found}; expected those of one of: ${known}`,
  };
}

function fingerprintOf(items: readonly Item[], statements: ReadonlyMap<number, Statement> | null): string {
  const canonical = items.map(({ multipleChoice, completion, index }) => [
    multipleChoice && [multipleChoice.prompt, multipleChoice.positive, multipleChoice.word],
    completion && [completion.prompt, completion.positive, completion.negative],
    statements?.get(index)?.text ?? null,
  ]);
  return sha256(new TextEncoder().encode(JSON.stringify(canonical)));
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
