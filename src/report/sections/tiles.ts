import {
  countOf,
  type Estimate,
  formatEstimate,
  formatShare,
  formatShareEstimate,
} from '../../plots/format-number.ts';
import type { Footnotes } from '../footnotes.ts';
import { type Html, html } from '../html.ts';

/** One number: its name, where docs/science.md explains it, and how it is written. */
export interface Tile {
  name: string;
  /** Heading in docs/science.md. */
  section: string;
  value: Html | string;
  note: Html | string;
}

/** An estimate with its interval in brackets; `decimals` as for `formatEstimate`. */
export function estimateTile(
  name: string,
  estimate: Estimate,
  note: string,
  footnotes: Footnotes,
  decimals?: number,
): Omit<Tile, 'section'> {
  const [value, interval] = split(formatEstimate(estimate, decimals));
  return {
    name,
    value,
    note: html`<span class="nowrap">${interval}${footnotes.mark(estimate)}</span> ${note}`,
  };
}

/** A share of items, as their number. */
export function shareTile(name: string, share: Estimate, footnotes: Footnotes): Omit<Tile, 'section'> {
  if (share.value === null) return { name, value: 'not known', note: share.reason ?? '' };
  const [percent, interval] = split(formatShareEstimate(share));
  return {
    name,
    value: html`${countOf(share)} <small>of ${share.n}</small>`,
    note: html`${percent} <span class="nowrap">${interval}${footnotes.mark(share)}</span>`,
  };
}

/** A share of something else than items. */
export function percentTile(
  name: string,
  share: Estimate,
  note: string,
  footnotes: Footnotes,
): Omit<Tile, 'section'> {
  const [, interval] = split(formatShareEstimate(share));
  return {
    name,
    value: formatShare(share.value),
    note: html`<span class="nowrap">${interval}${footnotes.mark(share)}</span> ${note}`,
  };
}

function split(text: string): [string, string] {
  const at = text.indexOf(' (');
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
}
