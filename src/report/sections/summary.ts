import type { Result } from '../../result/schema.ts';
import type { Footnotes } from '../footnotes.ts';
import { type Html, html } from '../html.ts';
import { keyNumbersSection } from './key-numbers.ts';
import { rulesSection } from './rules.ts';
import { useSection } from './use.ts';

/** What came of it: rules, key numbers and how to use the vector; the numbers stand beside where there is room. */
export function summarySection(result: Result, footnotes: Footnotes): Html | null {
  const rules = rulesSection(result);
  const numbers = keyNumbersSection(result, footnotes);
  const use = useSection(result);
  if (rules === null && numbers === null && use === null) return null;
  return html`<div class="${rules !== null && numbers !== null ? 'pair' : 'single'}">${rules}${numbers}${use}</div>`;
}
