import { parseHTML } from 'linkedom';
import type { Figure, Layout, MissingFigure } from '../../src/plots/figure.ts';

/** A figure that must not be missing. */
export function drawn(figure: Figure | MissingFigure): Figure {
  if ('missing' in figure) throw new Error(`"${figure.id}" is missing: ${figure.missing}`);
  return figure;
}

/** The picture of a figure as a document, to be counted and measured in. */
export function pictureOf(figure: Figure | MissingFigure, layout: Layout = 'wide'): Document {
  return parseHTML(drawn(figure).draw(layout)).document;
}

/** One element a line, so that a changed snapshot shows what changed. */
export function readable(svg: string): string {
  return `${svg.replace(/></g, '>\n<')}\n`;
}
