import type { Result } from '../../result/schema.ts';
import { type Html, html } from '../html.ts';

/** What this run did not measure, and why. */
export function notMeasuredSection({ notMeasured }: Result): Html | null {
  if (notMeasured.length === 0) return null;
  return html`<section aria-labelledby="not-measured">
<h2 id="not-measured">What was not measured</h2>
<ul>${notMeasured.map(({ what, reason }) => html`<li><b>${what}</b>: ${reason}</li>`)}</ul>
</section>`;
}
