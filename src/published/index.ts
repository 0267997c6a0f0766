import { readFile } from 'node:fs/promises';
import { z } from 'zod';

/** The paper's own numbers for one dataset and one model; a quantity that its figures do not show is absent. */
export type PublishedValues = Readonly<Record<string, number>>;

const schema = z.object({
  about: z.string(),
  source: z.string(),
  models: z.record(z.string(), z.string()),
  datasets: z.record(z.string(), z.record(z.string(), z.record(z.string(), z.number()))),
});

/** Every value that was read from the paper's figures. */
export interface Published {
  about: string;
  source: string;
  /** Names of the models by key: `llama`, `qwen`. */
  models: Readonly<Record<string, string>>;
  /** By dataset, then by model's key. */
  datasets: Readonly<Record<string, Readonly<Record<string, PublishedValues>>>>;
}

/**
 * The published per-dataset values.
 *
 * Quantities: `id_mean`, `id_var`, means `BASE->USER_NEG` ... and variances `var BASE->USER_NEG` ... under four shifts;
 * for Llama also `median`, `q1`, `q3`, `anti`, `var_total`, `var_AB`, `var_YesMarg`.
 *
 * Source: Tan et al. 2024 (arXiv 2407.12404), Figures 1 and 3 to 8, read from the vector graphics.
 *
 * @example
 * (await readPublished()).datasets['myopic-reward']?.['llama']?.['id_mean']; // 0.99
 */
export async function readPublished(): Promise<Published> {
  return schema.parse(JSON.parse(await readFile(new URL('./values.json', import.meta.url), 'utf8')));
}

/** Aliases of the models whose values were published, with their keys. */
const keys: Readonly<Record<string, string>> = { 'llama-2-7b-chat': 'llama', 'qwen1.5-14b-chat': 'qwen' };

/** The key of a model in the published values; null for a model that the paper's main figures do not show. */
export function publishedKey(alias: string): string | null {
  return keys[alias] ?? null;
}
