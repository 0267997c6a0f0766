import { z } from 'zod';
import type { Fault } from './fault.ts';
import type { RawRecord } from './records.ts';

const text = z.string().min(1, 'expected text, found an empty string');
const blankless = text.refine((value) => value.trim() !== '', 'expected text, found only blanks');

const pair = z.object({ prompt: blankless, positive: blankless, negative: blankless });

const truthful = z.object({
  question: blankless,
  mc1_targets: z.preprocess(
    listed,
    z
      .object({ choices: z.array(blankless).min(2), labels: z.array(z.union([z.literal(0), z.literal(1)])) })
      .refine(
        ({ choices, labels }) => choices.length === labels.length && labels.includes(0) && labels.includes(1),
        'expected one label a choice, with at least one 1 and one 0',
      ),
  ),
});

const instruction = z.strictObject({ instruction: blankless, category: z.string().nullable().optional() });

const sameAnswers = {
  message: 'expected another answer than "answer_matching_behavior"',
  path: ['answer_not_matching_behavior'],
};

const yesOrNo = z.string().regex(/^\s*(Yes|No)\s*$/, 'expected " Yes" or " No"');
const persona = z
  .object({
    question: blankless,
    statement: blankless.optional(),
    label_confidence: z.number().optional(),
    answer_matching_behavior: yesOrNo,
    answer_not_matching_behavior: yesOrNo,
  })
  .refine(differentAnswers, sameAnswers);

const letter = z.string().regex(/^\s*\([A-Z]\)\s*$/, 'expected a letter in brackets, as " (A)"');
const lettered = z
  .object({ question: blankless, answer_matching_behavior: letter, answer_not_matching_behavior: letter })
  .refine(differentAnswers, sameAnswers);

const side = z.object({ prompt: blankless, response: blankless });
const processed = z
  .object({ positive: side, negative: side })
  .refine(({ positive, negative }) => positive.prompt === negative.prompt, {
    message: 'expected the same prompt on both sides',
    path: ['negative', 'prompt'],
  });

const responses = z.object({ prompt: blankless, positive_response: blankless, negative_response: blankless });

/** Validators of the raw shapes a dataset file can have, by name. */
const schemas = { pair, truthful, persona, lettered, processed, responses, instruction } as const;

/** Name of a raw shape. */
export type Shape = keyof typeof schemas;

/** A validated raw item of one shape. */
export type RawItem<S extends Shape> = z.infer<(typeof schemas)[S]>;

/** A validated raw item with its place in the file. */
export interface Row<T> {
  /** 0-based line, or index in the array. */
  index: number;
  /** The place in words: `line 3`. */
  place: string;
  value: T;
}

/** The fields of each shape, as a user reads them in a message. */
export const shapeFields: Record<Shape, string> = {
  pair: '{prompt, positive, negative}',
  persona: '{question, statement, answer_matching_behavior, answer_not_matching_behavior} with Yes and No',
  lettered: '{question, answer_matching_behavior, answer_not_matching_behavior} with (A) and (B)',
  truthful: '{question, mc1_targets}',
  processed: '{positive: {prompt, response}, negative: {prompt, response}}',
  responses: '{prompt, positive_response, negative_response}',
  instruction: '{instruction, category}',
};

/** The shape that the fields of a raw item point to; null where no field of any shape is there. */
export function detectShape(value: Record<string, unknown>): Shape | null {
  const has = (field: string) => field in value;
  if (has('mc1_targets')) return 'truthful';
  if (has('positive_response') || has('negative_response')) return 'responses';
  if (has('answer_matching_behavior') || has('answer_not_matching_behavior') || has('statement')) {
    const answers = [value['answer_matching_behavior'], value['answer_not_matching_behavior']];
    const lettersFound = answers.some((answer) => typeof answer === 'string' && /\([A-Z]\)/.test(answer));
    return lettersFound && !has('statement') ? 'lettered' : 'persona';
  }
  if (isObject(value['positive']) || isObject(value['negative'])) return 'processed';
  if (has('prompt') || has('positive') || has('negative')) return 'pair';
  // Other lists of instructions have outputs, which are not to be thrown away unseen.
  return has('instruction') && Object.keys(value).every((field) => field in instruction.shape)
    ? 'instruction'
    : null;
}

/**
 * The fields of a shape: what else a raw item has says something about it.
 *
 * @example
 * fieldsOf('pair'); // ['prompt', 'positive', 'negative']
 */
export function fieldsOf(shape: Shape): string[] {
  return Object.keys(schemas[shape].shape);
}

/**
 * Checks raw items against one shape: the good ones come back as rows, each bad field as a fault.
 *
 * @example
 * validateRows('pair', [{ index: 0, place: 'line 1', value: { prompt: 'Hi', positive: 'yes' } }]).faults[0]?.field; // 'negative'
 */
export function validateRows<S extends Shape>(
  shape: S,
  records: readonly RawRecord[],
): { rows: Row<RawItem<S>>[]; faults: Fault[] } {
  const rows: Row<RawItem<S>>[] = [];
  const faults: Fault[] = [];
  for (const { index, place, value } of records) {
    const parsed = schemas[shape].safeParse(value);
    if (parsed.success) rows.push({ index, place, value: parsed.data as RawItem<S> });
    else for (const issue of parsed.error.issues) faults.push(faultOf(issue, place));
  }
  return { rows, faults };
}

function faultOf(issue: z.core.$ZodIssue, place: string): Fault {
  const field = issue.path.length === 0 ? null : issue.path.map(String).join('.');
  return { place, field, message: issue.message.replace(/^Invalid input: /, '') };
}

function differentAnswers(row: {
  answer_matching_behavior: string;
  answer_not_matching_behavior: string;
}): boolean {
  return row.answer_matching_behavior.trim() !== row.answer_not_matching_behavior.trim();
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

/** Choices as the repository of TruthfulQA has them, `{"choice": label}`, in the form of the hub's copy. */
function listed(value: unknown): unknown {
  if (!isObject(value) || Array.isArray(value) || 'choices' in value) return value;
  return { choices: Object.keys(value), labels: Object.values(value) };
}
