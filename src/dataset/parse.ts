import { createHash } from 'node:crypto';
import { type Balance, countBalance, describeBalance } from './balance.ts';
import type { Conversion, Profile, Statement } from './conversion.ts';
import type { Fault } from './fault.ts';
import { convertInstructions } from './from-instructions.ts';
import { convertLettered } from './from-lettered.ts';
import { convertPairs, convertProcessed, convertResponses } from './from-pairs.ts';
import { convertPersona } from './from-persona.ts';
import { convertTruthful } from './from-truthful.ts';
import type { Behaviour, Item } from './item.ts';
import { withMetadata } from './metadata.ts';
import { type RawRecord, splitRecords } from './records.ts';
import { detectShape, fieldsOf, type Shape, shapeFields, validateRows } from './shapes.ts';

/** A behaviour as it was read, with what the split and the reports need beside the items. */
export interface LoadedBehaviour extends Behaviour {
  /** Whole name in the catalogue of public datasets; null for built-in behaviours and other files. */
  dataset: string | null;
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
 * @param options.source As {@link Behaviour} has it.
 * @param options.dataset Default null.
 * @param options.profile Default `corrected`.
 */
export function parseBehaviour(
  bytes: Uint8Array,
  options: { name: string; source: string; dataset?: string | null; profile?: Profile },
): ParsedBehaviour {
  const { layout, records, faults } = splitRecords(bytes);
  const shape = commonShape(records);
  if (shape === null) {
    if (records.length > 0) faults.unshift(unknownShape(records[0]!));
    return { behaviour: null, faults };
  }
  const converted = convert(shape, records, options.profile ?? 'corrected');
  const { notes, statements, faults: more } = converted;
  const items = withMetadata(converted.items, records, usedFields(shape));
  const balance = countBalance(items);
  const hash = sha256(bytes);
  const family = familyOf(shape, layout);
  const { name, source } = options;
  const behaviour = {
    name,
    source,
    dataset: options.dataset ?? null,
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
    instruction: () => validated('instruction', records, convertInstructions),
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

/** The category of an instruction divides items; every other field of a shape makes them. */
function usedFields(shape: Shape): string[] {
  return fieldsOf(shape).filter((field) => !(shape === 'instruction' && field === 'category'));
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
