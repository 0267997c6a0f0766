import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import type { Format, Item } from '../dataset/item.ts';
import { parseJsonLines } from '../files/jsonl.ts';
import { dataFile } from './index.ts';

const questionSchema = z.object({
  question: z.string().min(1),
  right: z.string().min(1),
  wrong: z.string().min(1),
});
const promptSchema = z.object({
  prompt: z.string().min(1),
  sensible: z.string().min(1),
  nonsense: z.string().min(1),
});

/**
 * The 24 control items of a format, which anyone can answer: they tell whether a model can take the test at all.
 *
 * `completion`: 24 items, the sensible answer positive. `multiple-choice`: 48 items, each question in both letter
 * orders: items 2k (right answer behind A) and 2k + 1 (behind B) are one unit.
 *
 * @example
 * (await loadControls('multiple-choice')).length; // 48
 */
export async function loadControls(format: Format): Promise<Item[]> {
  const name = `control-${format}.jsonl`;
  const lines = [...parseJsonLines(await readFile(dataFile(name)), name)];
  return format === 'completion'
    ? lines.map(({ value }, index) => sensibleItem(promptSchema.parse(value), index))
    : lines.flatMap(({ value }, index) => bothOrders(questionSchema.parse(value), index));
}

function sensibleItem({ prompt, sensible, nonsense }: z.infer<typeof promptSchema>, index: number): Item {
  return { index, multipleChoice: null, completion: { prompt, positive: sensible, negative: nonsense } };
}

function bothOrders({ question, right, wrong }: z.infer<typeof questionSchema>, index: number): Item[] {
  const lettered = (a: string, b: string) => `${question}\n\nChoices:\n(A): ${a}\n(B): ${b}`;
  return [
    item(2 * index, { prompt: lettered(right, wrong), positive: 'A', word: null }),
    item(2 * index + 1, { prompt: lettered(wrong, right), positive: 'B', word: null }),
  ];
}

function item(index: number, multipleChoice: NonNullable<Item['multipleChoice']>): Item {
  return { index, multipleChoice, completion: null };
}
