import type { Result } from '../result/schema.ts';
import { capitalised } from './capitalised.ts';
import type { ColourName } from './palette.ts';

/** Room that a figure is drawn for: the reading column of a desk, or a phone held upright. */
export type Layout = 'wide' | 'narrow';

/** Width of a figure in CSS pixels. */
export const figureWidth: Record<Layout, number> = { wide: 720, narrow: 350 };

/** The numbers behind a figure; null is an empty cell. */
export interface FigureTable {
  columns: string[];
  rows: (string | number | null)[][];
}

/** One mark of a figure's key: what it looks like, in which colour, and what it stands for. */
export interface KeyEntry {
  glyph: string;
  colour: ColourName;
  text: string;
}

/** A figure with the words that belong to it, every one computed from the same numbers. */
export interface Figure {
  /** Kebab-case, unique in a report. */
  id: string;
  /** What there is to see, one sentence without a full stop. */
  title: string;
  /** Units, number of items, kind of interval. */
  note: string;
  key: KeyEntry[];
  /** How to read it, one or two sentences. */
  help: string;
  /** Heading in docs/science.md under which its quantities are explained. */
  section: string;
  /** Text alternative: what a reader sees, in words and numbers. */
  description: string;
  table: FigureTable;
  /** The picture as one SVG element. */
  draw(layout: Layout): string;
}

/** The place of a figure whose numbers were not measured. */
export interface MissingFigure {
  id: string;
  title: string;
  /** Why it is missing, one sentence. */
  missing: string;
}

/**
 * The reason for which a section was not measured: that of the first entry whose name matches, else the fallback.
 *
 * @example
 * reasonFor(result, /competence/i, 'The competence check was not run.');
 */
export function reasonFor(result: Pick<Result, 'notMeasured'>, what: RegExp, fallback: string): string {
  return asSentence(result.notMeasured.find((entry) => what.test(entry.what))?.reason ?? fallback);
}

/** The first reason that some estimates without a value give, as a sentence. */
export function whyUnknown(estimates: readonly { reason: string | null }[]): string {
  return asSentence(estimates.find(({ reason }) => reason !== null)?.reason ?? 'no value could be computed');
}

/** A reason with a capital and a full stop. */
export function asSentence(reason: string): string {
  const sentence = capitalised(reason);
  return /[.!?]$/.test(sentence) ? sentence : `${sentence}.`;
}
