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

/** A panel of a drawing: options of Observable Plot, with its height in CSS pixels. */
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
 * Draws panels of equal width under one another as one SVG element.
 *
 * The same panels give the same text on every machine: numbers rounded to two decimals, no generated class names,
 * fonts by generic family, colours by the page's variables. The picture carries its title and description.
 */
export function draw(frame: Frame, panels: Panel[]): string {
  const { document } = parseHTML('<!doctype html><html><body></body></html>');
  const width = figureWidth[frame.layout];
  const height = panels.reduce((total, panel) => total + panel.height, 0);
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
  for (const { height: panelHeight, ...panel } of panels) {
    const drawn = plot({ ...panel, document, width, height: panelHeight, className: 'plot' });
    drawn.querySelector('style')?.remove();
    for (const name of ['class', 'viewBox']) drawn.removeAttribute(name);
    drawn.setAttribute('y', `${top}`);
    drawn.setAttribute('font-size', '12');
    picture.append(drawn);
    top += panelHeight;
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
