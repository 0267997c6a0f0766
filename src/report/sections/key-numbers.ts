import {
  countOf,
  type Estimate,
  formatEstimate,
  formatNumber,
  formatP,
  formatShareEstimate,
} from '../../plots/format-number.ts';
import type { Result } from '../../result/schema.ts';
import type { Footnotes } from '../footnotes.ts';
import { type Html, html } from '../html.ts';

/** The numbers to quote, each with its interval. */
export function keyNumbersSection(result: Result, footnotes: Footnotes): Html | null {
  const { steerability, competence, randomNull, unit } = result;
  const tiles: (Html | null)[] = [];
  if (steerability !== null) {
    const { mean, median, sd, antiSteerable, monotonicShare, meanR2, smallestDetectable } = steerability;
    tiles.push(
      estimateTile('Mean steerability', mean, `${unit} per unit of multiplier, ${mean.n} items`),
      shareTile('Backwards items', antiSteerable),
      estimateTile('Median', median, `${unit} per unit`),
      estimateTile('Spread of items', sd, `standard deviation, ${unit} per unit`),
      shareTile('Rising throughout', monotonicShare),
      meanR2 === null ? null : tile('Straightness', formatNumber(meanR2), 'mean R² of the items’ lines'),
      smallestDetectable === null
        ? null
        : tile(
            'Detectable slope',
            formatNumber(smallestDetectable),
            `${unit} per unit: the smallest this test shows with 80\u00a0% power`,
          ),
    );
  }
  if (randomNull !== null) {
    tiles.push(
      tile(
        'Against random',
        `p = ${formatP(randomNull.p)}`,
        `${randomNull.k} random directions of its length`,
      ),
    );
  }
  if (competence !== null) tiles.push(shareTile('Controls right', competence.share));
  if (tiles.length === 0) return null;
  return html`<section aria-labelledby="numbers">
<h2 id="numbers">Key numbers</h2>
<p class="small">${sayIntervals(steerability)}</p>
<dl class="tiles">${tiles}</dl>
</section>`;

  function estimateTile(name: string, estimate: Estimate, note: string): Html {
    const [value, interval] = split(formatEstimate(estimate));
    return tile(
      name,
      value,
      html`<span class="nowrap">${interval}${footnotes.mark(estimate)}</span> ${note}`,
    );
  }

  function shareTile(name: string, share: Estimate): Html {
    const [, interval] = split(formatShareEstimate(share));
    const value = html`${countOf(share)} <small>of ${share.n}</small>`;
    return tile(
      name,
      value,
      html`${formatShareEstimate(share).replace(interval, '').trim()} <span class="nowrap">${interval}${footnotes.mark(share)}</span>`,
    );
  }
}

function tile(name: string, value: Html | string, note: Html | string): Html {
  return html`<div><dt>${name}</dt><dd><span class="value">${value}</span> <span class="note">${note}</span></dd></div>`;
}

function sayIntervals(steerability: Result['steerability']): string {
  const mean = steerability?.mean;
  if (mean?.value != null && mean.low === null)
    return `No intervals: ${mean.reason ?? 'none could be computed'}.`;
  return 'In brackets: 95\u00a0% intervals over items, for this vector.';
}

function split(text: string): [string, string] {
  const at = text.indexOf(' (');
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
}
