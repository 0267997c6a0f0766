import type { Item } from '../dataset/item.ts';
import type { CaseBuilder } from './build-case.ts';

/** An item exactly as the model saw it, for a report. */
export interface PromptDescription {
  /** Index of the item in its source. */
  item: number;
  /** The prompt up to where the answer begins, special tokens included. */
  prompt: string;
  positive: string;
  negative: string;
  /** How the prompt came about: template, system message, answer prefix. */
  notes: string[];
}

/**
 * The texts of an item as they are tokenised, with what had to be handled on the way.
 *
 * @example
 * describePrompt(builder, split.test[0]!).prompt; // '<|im_start|>system\nYou are …'
 */
export function describePrompt(builder: Pick<CaseBuilder, 'texts' | 'notes'>, item: Item): PromptDescription {
  return { item: item.index, ...builder.texts(item), notes: [...builder.notes] };
}
