import { capitalised } from '../plots/capitalised.ts';
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
      (method, k) => html`<li id="method-${k + 1}"><b>${capitalised(method)}.</b> ${explain(method)}</li>`,
    )}</ol>`;
  }
}

/** The first pattern that fits a method explains it: special forms stand before the general ones. */
const explanations: [RegExp, string][] = [
  [/^t\b.*log/i, 'Mean of the logarithms ± t(0.975, n − 1) · sd / √n, turned back.'],
  [/^t\b.*groups/i, 'Mean ± t · standard error that counts the tokens of one text as related.'],
  [/^t\b/i, 'Mean ± t(0.975, n − 1) · sd / √n over items.'],
  [
    /wilson.*threshold/i,
    'Score interval of a share, made wider because the threshold was chosen on the same data.',
  ],
  [
    /wilson.*(group|cluster)/i,
    'Score interval of a share with the number of items that groups of them are worth.',
  ],
  [/wilson/i, 'Score interval of a share; stays within 0 and 100 % and covers well for rare events.'],
  [/order/i, 'The pair of ordered values whose exact binomial coverage is at least 95 %.'],
  [
    /woodruff/i,
    'The quantiles at the ends of an interval of the share below, which counts the tokens of one text as related.',
  ],
  [/inverted/i, 'The multipliers at which the interval of the damage touches its limit.'],
  [
    /bca/i,
    'Bias-corrected and accelerated bootstrap: items drawn again with replacement, from a fixed seed.',
  ],
  [/jackknife/i, 'Each item is left out once, and what that changes gives the standard error.'],
  [/delong/i, 'Standard error from each pair’s own share in the area, on the scale of log-odds.'],
  [/bonett(?!-)/i, 'Standard error of a logarithm of variances that allows for heavy tails, turned back.'],
  [/fisher/i, 'Interval on the atanh scale of the correlation, turned back.'],
  [/published/i, 'As in the published code, which has no interval.'],
];

function explain(method: string): string {
  return explanations.find(([pattern]) => pattern.test(method))?.[1] ?? '';
}
