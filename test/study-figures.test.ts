import { parseHTML } from 'linkedom';
import { describe, expect, it } from 'vitest';
import type { Layout } from '../src/plots/figure.ts';
import { studyFigureGroups } from '../src/plots/study/all.ts';
import type { DrawStudy, StudyFigure, StudyPicture } from '../src/plots/study/study-figure.ts';
import type { Study } from '../src/result/study.ts';
import { exampleStudy } from './support/example-study.ts';
import {
  emptyStudy,
  nothingMeasured,
  oneBehaviour,
  oneModel,
  smallStudy,
  textsWithheld,
} from './support/study-variants.ts';

const figures = studyFigureGroups.flatMap((group) => group.figures);
const named = figures.map((figure) => [figure.name, figure] as const);
const notDrawn = new Set([
  'contrastPrompt',
  'fullPrompts',
  'settingPrompts',
  'personaPrompts',
  'backwardsItems',
]);
const pictures = named.filter(([name]) => !notDrawn.has(name));

// Made once: each takes a second.
const study = exampleStudy();
const small = smallStudy();
const one = oneModel();
const single = oneBehaviour();
const withheld = textsWithheld();
const nothings = [nothingMeasured(), emptyStudy()];

describe.each(pictures)('%s', (_name, figure) => {
  it.each(['wide', 'narrow'] as Layout[])('draws the same picture as before, %s', async (layout) => {
    const { id, draw } = drawn(figure(small));
    await expect(readable(draw(layout))).toMatchFileSnapshot(
      `__snapshots__/study-figures/${id}-${layout}.svg`,
    );
  });

  it('draws the same bytes twice, with short numbers and no generated names', () => {
    const { draw } = drawn(figure(study));
    const svg = draw('wide');
    expect(draw('wide')).toBe(svg);
    expect(svg).not.toMatch(/class=|<style|NaN|undefined|Infinity/);
    expect(svg).not.toMatch(/ (?:d|transform|x|y|x1|x2|y1|y2|r|width|height)="[^"]*\.\d{3}/);
  });

  it('carries its own title and description', () => {
    const { title, description, draw } = drawn(figure(study));
    const { document } = parseHTML(draw('narrow'));
    expect(document.querySelector('title')!.textContent).toBe(title);
    expect(document.querySelector('desc')!.textContent).toBe(description);
  });
});

describe.each(named)('%s, in words and numbers', (_name, figure) => {
  it.each([
    ['the example', study],
    ['one model', one],
    ['one behaviour', single],
    ['withheld texts', withheld],
  ] as [string, Study][])('is complete for %s', (_variant, document) => {
    const made = figure(document);
    expect(made.id).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/);
    expect(made.name).not.toBe('');
    expect(made.section).not.toBe('');
    if ('missing' in made) {
      expect(made.missing).toMatch(/^[A-Z0-9].*\.$/s);
      return;
    }
    expect(made.title).toMatch(/^[A-Z0-9].*[^.]$/s);
    for (const words of [made.note, made.help]) expect(words).toMatch(/[.?!]$/);
    for (const words of [made.title, made.note, made.help]) {
      expect(words).not.toMatch(/NaN|undefined|null|Infinity/);
    }
    const { columns, rows } = made.table;
    expect(new Set(columns).size).toBe(columns.length);
    if (made.id !== 'items-backwards') expect(rows.length).toBeGreaterThan(0);
    for (const row of rows) {
      expect(row.length).toBe(columns.length);
      for (const cell of row) {
        if (typeof cell === 'number') expect(Number.isFinite(cell)).toBe(true);
        else expect(cell === null || typeof cell === 'string').toBe(true);
      }
    }
  });

  it('gives a reason where nothing was measured', () => {
    for (const nothing of nothings) {
      expect(figure(nothing)).toMatchObject({ missing: expect.stringMatching(/^[A-Z].*\.$/) });
    }
  });
});

it('gives the reason of the runs where they have one', () => {
  const made = studyFigureGroups.find(({ id }) => id === 'damage')!.figures[0]!(nothings[0]!);
  expect(made).toMatchObject({ missing: 'No neutral text was scored.' });
});

it('has every figure and table of the paper once, and ids of their numbers', () => {
  const all = figures.map((figure) => figure(study));
  expect(new Set(all.map(({ id }) => id)).size).toBe(all.length);
  const numbers = all
    .filter(({ paper, isTable }) => paper !== null && !isTable)
    .flatMap(({ paper }) => (paper === '11 to 14' ? [11, 12, 13, 14] : paper!.split(' and ').map(Number)));
  expect(numbers.sort((a, b) => a - b)).toEqual(Array.from({ length: 24 }, (_, k) => k + 1));
  const tables = all.filter(({ isTable }) => isTable).map(({ paper }) => paper);
  expect(tables).toEqual(['1', '2 and 3']);
  for (const { id, paper, isTable } of all) {
    const [first] = /\d+/.exec(paper ?? '') ?? [];
    if (first !== undefined) {
      expect(id.startsWith(`${isTable ? 'table' : 'figure'}-${first.padStart(2, '0')}-`)).toBe(true);
    }
  }
});

it('says nothing of documents that leave a model, a behaviour or a run without its pair', () => {
  const broken: Study = {
    ...study,
    models: study.models.slice(1),
    behaviours: study.behaviours.slice(2),
    transfers: [],
  };
  for (const [, figure] of named) expect(() => textOf(figure(broken))).not.toThrow();
});

function textOf(figure: StudyFigure): string {
  if ('missing' in figure) return figure.missing;
  return 'draw' in figure ? `${figure.description}${figure.draw('wide')}` : figure.title;
}

function drawn(figure: ReturnType<DrawStudy>): StudyPicture {
  if ('missing' in figure) throw new Error(`"${figure.id}" is missing: ${figure.missing}`);
  if (!('draw' in figure)) throw new Error(`"${figure.id}" is not drawn`);
  return figure;
}

/** One element a line, so that a changed snapshot shows what changed. */
function readable(svg: string): string {
  return `${svg.replace(/></g, '>\n<')}\n`;
}
