import { parseHTML } from 'linkedom';
import { describe, expect, it } from 'vitest';
import { idOodMean } from '../src/plots/study/id-ood.ts';
import { layerCurves } from '../src/plots/study/layer-curves.ts';
import { letterAndWordAll } from '../src/plots/study/letter-and-word.ts';
import { nullsOverDatasets } from '../src/plots/study/nulls.ts';
import { oodHeatMaps } from '../src/plots/study/ood-heat-maps.ts';
import { promptingAgainstSteering } from '../src/plots/study/prompting.ts';
import { steerabilityAll } from '../src/plots/study/steerability.ts';
import type { StudyFigure, StudyPicture } from '../src/plots/study/study-figure.ts';
import { varianceAll } from '../src/plots/study/variance.ts';
import type { Study } from '../src/result/study.ts';
import { exampleStudy } from './support/example-study.ts';

const study = exampleStudy();
const counted = study.runs.filter(({ leftOut }) => leftOut === null);
const lettered = counted.filter(({ result }) => result.bias !== null);

describe('what the figures say, counted again from the runs', () => {
  it('Figure 18: the worst and the median share of items backwards', () => {
    const shares = counted.map(({ result }) => {
      const slopes = result.items.map(({ slope }) => slope!);
      return slopes.filter((slope) => slope <= 0).length / slopes.length;
    });
    const sorted = [...shares].sort((a, b) => a - b);
    const worst = counted[shares.indexOf(sorted.at(-1)!)]!;
    expect(sorted.length % 2).toBe(1);
    const percent = (share: number) => `${(share * 100).toFixed(1)}\u00a0%`;
    expect(drawn(steerabilityAll(study)).title).toBe(
      `${percent(sorted.at(-1)!)} of the items steer backwards in the worst of 35 runs (${worst.behaviour}, Llama-2-7b-Chat), ${percent(sorted[17]!)} in the median one`,
    );
  });

  it('nulls: vectors with an adjusted p of up to 5 %', () => {
    const beyond = counted.filter(({ adjustedP }) => adjustedP! <= 0.05).length;
    expect(drawn(nullsOverDatasets(study)).title).toMatch(new RegExp(`^${beyond} of 35 vectors`));
    expect(beyond).toBeGreaterThan(5);
  });

  it('Figure 20: runs whose explained share is above one half', () => {
    const half = lettered.filter(({ result }) => result.bias!.adjustedR2.value! > 0.5).length;
    const clear = lettered.filter(({ result }) => result.bias!.adjustedR2.low! > 0.5).length;
    expect(drawn(varianceAll(study)).title).toContain(`in ${half} of 26 runs, clearly so in ${clear}`);
  });

  it('prompting: runs whose intervals do not touch', () => {
    const further = counted.filter(({ result: { prompting } }) => {
      return prompting!.prompting.low! > prompting!.steering.high!;
    }).length;
    expect(drawn(promptingAgainstSteering(study)).title).toContain(`in ${further} of 35 runs`);
  });

  it('Figure 5: the range of correlations of its panels', () => {
    const values = study.relations
      .filter(({ id }) => id.startsWith('5/'))
      .map(({ spearman }) => spearman.value!);
    const [low, high] = [Math.min(...values), Math.max(...values)];
    expect(drawn(idOodMean(study)).title).toContain(
      `Spearman ${low.toFixed(2)} to ${high.toFixed(2)} in ${values.length} comparisons`,
    );
  });

  it('says nothing of a run that is left out, but shows it', () => {
    const title = (document: Study) => drawn(steerabilityAll(document)).title;
    const worst = counted.find(({ result }) => result.steerability!.antiSteerable.value! > 0.9)!;
    const without = {
      ...study,
      runs: study.runs.map((run) => (run === worst ? { ...run, leftOut: 'failed' } : run)),
    };
    expect(title(without)).not.toBe(title(study));
    expect(title(without)).toContain('of 34');
    const { table, note } = drawn(steerabilityAll(without));
    expect(table.rows.length).toBe(36);
    expect(note).toContain('2 runs that the title leaves out');
  });
});

describe('what the pictures show', () => {
  it('Figure 5: a point of each run at the place that the axes give, and the published values hollow', () => {
    const svg = drawn(idOodMean(study)).draw('wide');
    const panels = panelsOf(svg);
    expect(panels.length).toBe(12);
    const shifts = ['BASE->USER_NEG', 'BASE->USER_POS', 'SYS_POS->USER_NEG', 'SYS_NEG->USER_POS'];
    for (const [k, panel] of panels.entries()) {
      const model = study.models[Math.floor(k / 4)]!;
      const relation = study.relations.find(({ id }) => id === `5/${shifts[k % 4]}/${model.id}`)!;
      const ours = relation.points.filter(({ published }) => !published);
      const [toX, toY] = [scaleOf(panel, 'x'), scaleOf(panel, 'y')];
      const circles = Array.from(panel.querySelectorAll('circle'));
      const expected = ours.filter(({ behaviour }) => !completion.has(behaviour));
      expect(circles.length).toBe(expected.length);
      for (const [i, circle] of circles.entries()) {
        expect(Number(circle.getAttribute('cx'))).toBeCloseTo(toX(expected[i]!.x), 0);
        expect(Number(circle.getAttribute('cy'))).toBeCloseTo(toY(expected[i]!.y), 0);
      }
      const hollow = panel.querySelectorAll('[aria-label="dot"][fill="none"] path').length;
      expect(hollow).toBe(relation.points.length - ours.length);
    }
  });

  it('Figure 20: bars as long as the shares', () => {
    const panels = panelsOf(drawn(varianceAll(study)).draw('wide'));
    const shares = panels[1]!;
    const toX = scaleOf(shares, 'x', (text) => Number(text.replace(/\u00a0%/, '')) / 100);
    const rows = lettered
      .filter(({ model }) => model === study.models[0]!.id)
      .sort((a, b) => a.result.bias!.unexplained! - b.result.bias!.unexplained!);
    const bars = Array.from(shares.querySelectorAll('[aria-label="rect"] rect'));
    const parts = rows.flatMap(({ result }) => [
      ...result.bias!.sequential.map(({ share }) => share),
      result.bias!.unexplained!,
    ]);
    expect(bars.length).toBe(parts.length);
    for (const [k, bar] of bars.entries()) {
      // Half a pixel of each bar is left free at its right end.
      const width = Math.max(0, toX(parts[k]!) - toX(0) - 0.5);
      expect(Number(bar.getAttribute('width'))).toBeCloseTo(width, 1);
    }
  });

  it('Figure 19: every item counted once', () => {
    const { rows, columns } = drawn(letterAndWordAll(study)).table;
    const n = columns.indexOf('mean slope n');
    for (const run of lettered) {
      const mine = rows.filter((row) => row[1] === run.behaviour && row[0] === 'Llama-2-7b-Chat');
      const items = mine.reduce((sum, row) => sum + (row[n] as number), 0);
      if (mine.length > 0) expect(items).toBe(run.result.items.length);
    }
  });

  it('Figures 11 to 14: a line and a chosen layer for each run, and a mark under the axis', () => {
    const panels = panelsOf(drawn(layerCurves(study)).draw('wide'));
    const first = study.runs.filter(
      ({ model, result }) => model === study.models[0]!.id && result.unit === 'logits',
    );
    const lines = panels[0]!.querySelectorAll('[aria-label="line"] path').length;
    expect(lines).toBe(first.length + 1);
    expect(panels[0]!.querySelectorAll('[aria-label="dot"] path').length).toBe(first.length);
    expect(panels[1]!.querySelectorAll('[aria-label="dot"] path').length).toBe(first.length);
  });

  it('heat maps: 30 cells a run and 30 of the mean, orange where the slope is below 0', () => {
    const panels = panelsOf(drawn(oodHeatMaps(study)).draw('wide'));
    const runs = study.runs.filter(
      ({ model, result }) => model === study.models[0]!.id && result.unit === 'logits',
    );
    const cells = Array.from(panels[0]!.querySelectorAll('[aria-label="rect"]'));
    const count = (groups: Element[]) =>
      groups.reduce((sum, group) => sum + group.querySelectorAll('rect').length, 0);
    expect(count(cells)).toBe(30 * (runs.length + 1));
    const orange = cells.filter((group) => group.getAttribute('fill')!.startsWith('var(--warning'));
    const negative = runs.flatMap(({ result }) => result.ood!.cells.filter(({ mean }) => mean.value! < 0));
    const means = meansOver(runs).filter((value) => value < 0).length;
    expect(count(orange)).toBe(negative.length + means);
  });
});

const completion = new Set(
  study.runs.filter(({ result }) => result.format === 'completion').map(({ behaviour }) => behaviour),
);

/** The 30 means over runs. */
function meansOver(runs: Study['runs']): number[] {
  const cells = runs[0]!.result.ood!.cells;
  return cells.map((_, k) => {
    const values = runs.map(({ result }) => result.ood!.cells[k]!.mean.value!);
    return values.reduce((sum, value) => sum + value, 0) / values.length;
  });
}

function panelsOf(svg: string): Element[] {
  const { document } = parseHTML(svg);
  return Array.from(document.querySelector('svg')!.children).filter(({ localName }) => localName === 'svg');
}

/** From a value to pixels, by the first and the last tick label of an axis. */
function scaleOf(
  panel: Element,
  axis: 'x' | 'y',
  read: (text: string) => number = (text) => Number(text.replace('−', '-')),
): (value: number) => number {
  const ticks = Array.from(panel.querySelectorAll(`[aria-label="${axis}-axis tick label"] text`)).map(
    (tick) => {
      const [, x, y] = /translate\((-?[\d.]+),(-?[\d.]+)\)/.exec(tick.getAttribute('transform')!)!;
      return { value: read(tick.textContent!), at: Number(axis === 'x' ? x : y) };
    },
  );
  const [first, last] = [ticks[0]!, ticks.at(-1)!];
  return (value) => first.at + ((last.at - first.at) * (value - first.value)) / (last.value - first.value);
}

function drawn(figure: StudyFigure): StudyPicture {
  if (!('draw' in figure)) throw new Error(`"${figure.id}" is not drawn`);
  return figure;
}
