import type { Result } from '../../result/schema.ts';
import type { Footnotes } from '../footnotes.ts';
import { type Html, html } from '../html.ts';

/** How the intervals on this page were made. */
export function intervalsSection(_result: Result, footnotes: Footnotes): Html | null {
  if (footnotes.size === 0) return null;
  return html`<section aria-labelledby="intervals">
<h2 id="intervals">Intervals</h2>
<p class="small">All at 95 %, over items (those of damage: over texts), given this vector and model: another draw of training pairs would give another vector. Below 10 items no interval is given.</p>
${footnotes.list()}
</section>`;
}
