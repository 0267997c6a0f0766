import type { Estimate } from '../plots/format-number.ts';
import { type Html, html } from './html.ts';

/** Numbers the methods of intervals in the order in which the page first uses them. */
export class Footnotes {
  readonly #methods: string[] = [];

  /** The mark that leads to the footnote on this estimate's interval; nothing where it has no interval. */
  mark(estimate: Estimate): Html {
    if (estimate.low === null) return html``;
    const known = this.#methods.indexOf(estimate.method);
    const number = known >= 0 ? known + 1 : this.#methods.push(estimate.method);
    return html`<sup><a href="#method-${number}" aria-label="how this interval was made">${number}</a></sup>`;
  }

  /** Number of different methods used so far. */
  get size(): number {
    return this.#methods.length;
  }

  /** The list of footnotes, in their order. */
  list(): Html {
    return html`<ol class="footnotes">${this.#methods.map(
      (method, k) =>
        html`<li id="method-${k + 1}"><b>${method.charAt(0).toUpperCase() + method.slice(1)}.</b> ${explain(method)}</li>`,
    )}</ol>`;
  }
}

const explanations: [RegExp, string][] = [
  [/^t\b/i, 'Mean ± t(0.975, n − 1) · sd / √n over items.'],
  [/wilson/i, 'Score interval of a share; stays within 0 and 100 % and covers well for rare events.'],
  [/order/i, 'The pair of ordered values whose exact binomial coverage is at least 95 %.'],
  [
    /bca/i,
    'Bias-corrected and accelerated bootstrap: items drawn again with replacement, from a fixed seed.',
  ],
  [/fisher/i, 'Interval on the atanh scale of the correlation, turned back.'],
];

function explain(method: string): string {
  return explanations.find(([pattern]) => pattern.test(method))?.[1] ?? '';
}
