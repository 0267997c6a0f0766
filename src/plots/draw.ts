import { type PlotOptions, plot } from '@observablehq/plot';
import { parseHTML } from 'linkedom';
import { figureWidth, type Layout } from './figure.ts';
import { oneLine } from './text-width.ts';

/** What names a drawing: the id that its parts derive theirs from, and its text alternative. */
export interface Frame {
  id: string;
  title: string;
  description: string;
  layout: Layout;
}

/** A panel of a drawing: options of Observable Plot, with its height in CSS pixels; its width where it has neighbours. */
export type Panel = PlotOptions & { height: number };

const numericAttributes = [
  'd',
  'x',
  'x1',
  'x2',
  'y',
  'y1',
  'y2',
  'cx',
  'cy',
  'r',
  'width',
  'height',
  'transform',
];

/**
 * Draws panels under one another as one SVG element: a single panel as wide as the layout, or several side by side,
 * each of its own width.
 *
 * The same panels give the same text on every machine: numbers rounded to two decimals, no generated class names,
 * fonts by generic family, colours by the page's variables. The picture carries its title and description.
 */
export function draw(frame: Frame, panels: readonly (Panel | readonly Panel[])[]): string {
  const { document } = parseHTML('<!doctype html><html><body></body></html>');
  const width = figureWidth[frame.layout];
  const rows = panels.map((row): readonly Panel[] => (isOne(row) ? [{ ...row, width }] : row));
  const heights = rows.map((row) => Math.max(0, ...row.map((panel) => panel.height)));
  const height = heights.reduce((total, each) => total + each, 0);
  const id = `${frame.id}-${frame.layout}`;
  const picture = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  picture.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
  picture.setAttribute('viewBox', `0 0 ${width} ${height}`);
  picture.setAttribute('width', `${width}`);
  picture.setAttribute('height', `${height}`);
  picture.setAttribute('role', 'img');
  picture.setAttribute('aria-labelledby', `${id}-title ${id}-description`);
  picture.append(label('title', frame.title), label('desc', frame.description));
  let top = 0;
  for (const [k, row] of rows.entries()) {
    let left = 0;
    for (const panel of row) {
      const drawn = plot({ ...panel, document, className: 'plot' });
      drawn.querySelector('style')?.remove();
      for (const name of ['class', 'viewBox']) drawn.removeAttribute(name);
      if (left > 0) drawn.setAttribute('x', `${left}`);
      drawn.setAttribute('y', `${top}`);
      drawn.setAttribute('font-size', '12');
      picture.append(drawn);
      left += panel.width ?? width;
    }
    top += heights[k]!;
  }
  for (const element of Array.from(picture.querySelectorAll('*'))) roundNumbers(element);
  return picture.outerHTML;

  function label(name: 'title' | 'desc', text: string): Element {
    const element = document.createElementNS('http://www.w3.org/2000/svg', name);
    element.setAttribute('id', `${id}-${name === 'title' ? 'title' : 'description'}`);
    element.textContent = oneLine(text);
    return element;
  }
}

function isOne(row: Panel | readonly Panel[]): row is Panel {
  return !Array.isArray(row);
}

function roundNumbers(element: Element): void {
  for (const name of numericAttributes) {
    const value = element.getAttribute(name);
    if (value === null) continue;
    const rounded = value.replace(
      /-?\d*\.\d+(?:e[-+]?\d+)?/g,
      (number) => `${Number(Number(number).toFixed(2))}`,
    );
    if (rounded !== value) element.setAttribute(name, rounded);
  }
}
