import { formatMultiplier } from '../../plots/format-number.ts';
import type { Result } from '../../result/schema.ts';
import { type Html, html } from '../html.ts';
import { llamaCommand } from '../llama-command.ts';

/** Which multiplier to use, and the llama.cpp command line that applies the exported vector. */
export function useSection(result: Result): Html | null {
  const { verdict, layer, start } = result;
  if (verdict === null) return null;
  const { command, reason } = llamaCommand(result);
  const multiplier = verdict.recommendedMultiplier;
  return html`<section aria-labelledby="use">
<h2 id="use">${multiplier === null ? 'No recommended multiplier' : `Recommended multiplier: ${formatMultiplier(multiplier)}`}</h2>
<p>${verdict.recommendation}</p>
${
  command === null
    ? multiplier !== null && html`<p>${reason}</p>`
    : html`<p>With llama.cpp, in this run’s folder, with the model file in place of <code>MODEL.gguf</code> (the multiplier may be set anew after the colon):</p>
<pre class="command"><code>${command.split(/ (?=--)/).map((part, k) => html`${k > 0 && ' '}<span>${part}</span>`)}</code></pre>
${startWarning(start)}
<p class="small">The layer range is inclusive at both ends and counts blocks from 0, as this report does: the vector is added to the output of block ${layer}. <code>llama-server</code> takes the same two options.</p>`
}
</section>`;
}

function startWarning(start: string): Html {
  if (start === 'all') return html`<p>llama.cpp steers every position, as this measurement did.</p>`;
  const began = start === 'last-prompt-token' ? 'the last prompt token' : 'the first token of the answer';
  return html`<p class="warning"><b>Not the same thing:</b> llama.cpp steers every position, the whole prompt included, while this measurement began at ${began}. Expect a stronger effect, and try smaller multipliers too.</p>`;
}
