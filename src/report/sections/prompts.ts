import { oodHeatMap } from '../../plots/ood-heat-map.ts';
import { promptingComparison } from '../../plots/prompting-comparison.ts';
import { relativeSteerability } from '../../plots/relative-steerability.ts';
import { settingWords } from '../../plots/setting-words.ts';
import type { Result } from '../../result/schema.ts';
import { figureGroup } from '../figure-group.ts';
import { type Html, html } from '../html.ts';
import { showPrompt } from './seen-text.ts';

/** What is left of the effect under other prompts, what a prompt alone would do, and the prompts themselves. */
export function promptsSection(result: Result): Html | null {
  return figureGroup(result, {
    id: 'prompts',
    heading: 'What survives another prompt',
    lead: personaLead(result),
    figures: [oodHeatMap, relativeSteerability, promptingComparison],
    end: settingsShown(result),
  });
}

function personaLead({ behaviour: { persona } }: Result): Html | null {
  if (persona === null) return null;
  return html`<p class="small">The prompts ask for the positive side with “${persona.positive}”, for the negative side with “${persona.negative}” (${persona.source}).${persona.note !== null && ` ${persona.note}`}</p>`;
}

function settingsShown({ settings }: Result): Html | null {
  if (settings.length < 2) return null;
  return html`<details><summary>The ${settings.length} prompts, as the model got them</summary>
<p class="small">One item with its positive answer. Dots are spaces, ↵ ends a line, special tokens are boxed.</p>
${settings.map(
  ({ name, example }) => html`<h3>${name}: ${settingWords[name]}</h3>
${example === null ? html`<p>Text withheld.</p>` : html`<pre class="seen" dir="auto">${showPrompt(example)}</pre>`}`,
)}
</details>`;
}
