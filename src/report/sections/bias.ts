import { letterAndWord } from '../../plots/letter-and-word.ts';
import { lettersWithinItems } from '../../plots/letters-within-items.ts';
import { varianceShares } from '../../plots/variance-shares.ts';
import type { Result } from '../../result/schema.ts';
import { figureGroup } from '../figure-group.ts';
import { type Html, html } from '../html.ts';

/** Does the vector move the content, or the letter and the word that stand for it? */
export function biasSection(result: Result): Html | null {
  const { bias, format, orders } = result;
  // Answers without letters have no such question; what is not measured says so.
  if (format === 'completion' && bias === null && orders === null) return null;
  return figureGroup(result, {
    id: 'bias',
    heading: 'The content, or its letter',
    lead: html`<p class="small">A vector from answers behind letters can raise a letter, or the word Yes, and look as if it raised the behaviour.</p>`,
    figures: [letterAndWord, varianceShares, lettersWithinItems],
  });
}
