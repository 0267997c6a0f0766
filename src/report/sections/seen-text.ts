import type { Result } from '../../result/schema.ts';
import { type Html, html } from '../html.ts';

/** Marks of chat templates: `<|…|>`, `<s>`, `<start_of_turn>`, `[INST]`, `<<SYS>>`. */
const special =
  /(<\|[^|<>\n]{1,40}\|>|<\/?(?:s|bos|eos|pad|unk|start_of_turn|end_of_turn)>|\[\/?INST\]|<<\/?SYS>>)/;

/** One item exactly as the model got it, spaces, line ends and special tokens visible. */
export function seenTextSection({ prompt }: Result): Html | null {
  if (prompt.example === null) return null;
  return html`<section aria-labelledby="seen">
<h2 id="seen">An item exactly as the model saw it</h2>
<p class="small">Item ${prompt.exampleItem} with its positive answer. Dots are spaces, ↵ ends a line, special tokens are boxed.</p>
<pre class="seen" dir="auto">${showPrompt(prompt.example)}</pre>
${prompt.notes.map((note) => html`<p>${note}</p>`)}
</section>`;
}

/** A prompt with its special tokens boxed, and spaces, tabs and line ends visible. */
export function showPrompt(text: string): Html[] {
  return text
    .split(special)
    .map((part, k) => (k % 2 === 1 ? html`<mark>${part}</mark>` : html`${showSpaces(part)}`));
}

/** The characters themselves stay in the text, so that copying it gives what the model saw. */
function showSpaces(text: string): Html[] {
  return text.split(/([ \t\n])/).map((part) => {
    if (part === ' ') return html`<i class="space"> </i>`;
    if (part === '\t') return html`<i class="tab">	</i>`;
    if (part === '\n') return html`<i class="line"></i>\n`;
    return html`${part}`;
  });
}
