import type { KeyEntry } from '../figure.ts';
import type { ColourName } from '../palette.ts';

/** How one of several series looks, such as one of several models: always a shape of its own besides its colour. */
export interface Series {
  tone: Exclude<ColourName, 'paper' | 'panel' | 'rule'>;
  symbol: 'circle' | 'diamond' | 'square' | 'triangle';
  hollow: boolean;
  glyph: string;
}

const all: Series[] = [
  { tone: 'accent', symbol: 'circle', hollow: false, glyph: '●' },
  { tone: 'second', symbol: 'diamond', hollow: false, glyph: '◆' },
  { tone: 'third', symbol: 'triangle', hollow: false, glyph: '▲' },
  { tone: 'ink', symbol: 'square', hollow: false, glyph: '■' },
  { tone: 'accent', symbol: 'square', hollow: true, glyph: '□' },
  { tone: 'second', symbol: 'triangle', hollow: true, glyph: '△' },
  { tone: 'third', symbol: 'circle', hollow: true, glyph: '○' },
  { tone: 'ink', symbol: 'diamond', hollow: true, glyph: '◇' },
];

/** The look of series `k`, from 0; after eight they repeat. */
export function seriesOf(k: number): Series {
  return all[k % all.length]!;
}

/** The key of series by their names. */
export function seriesKey(names: string[]): KeyEntry[] {
  return names.map((text, k) => ({ glyph: seriesOf(k).glyph, colour: seriesOf(k).tone, text }));
}
