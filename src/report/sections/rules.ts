import type { Result } from '../../result/schema.ts';
import { type Html, html } from '../html.ts';
import { outcomeWords } from '../outcome-words.ts';

const glyphs = { holds: '✓', flag: '▲', 'not measured': '–' } as const;

/** The verdict's rules in their order, each with its outcome and the numbers it used. */
export function rulesSection({ verdict }: Result): Html | null {
  if (verdict === null || verdict.rules.length === 0) return null;
  return html`<section aria-labelledby="rules">
<h2 id="rules">The rules behind the verdict</h2>
<div class="scroll" tabindex="0" role="region" aria-labelledby="rules"><table class="rules">
<thead><tr><th scope="col">Outcome</th><th scope="col">What could be wrong, and the numbers</th></tr></thead>
<tbody>${verdict.rules.map(
    ({ rule, outcome, because }) => html`
<tr class="${outcome.replace(' ', '-')}"><td><span class="outcome"><span aria-hidden="true">${glyphs[outcome]}</span> ${outcomeWords[outcome]}</span></td><td><b>${rule}</b><br>${because}</td></tr>`,
  )}
</tbody></table></div>
<p class="small">${
    verdict.reliable
      ? 'Reliable: it steers, no rule raised a flag, and none lacks data.'
      : 'A vector is called reliable only when it steers, no rule raises a flag, and none lacks data.'
  }</p>
</section>`;
}
