import { areaY, dot, line, ruleX, ruleY, text } from '@observablehq/plot';
import type { Study } from '../../result/study.ts';
import { draw, type Panel } from '../draw.ts';
import { figureWidth } from '../figure.ts';
import { formatEstimate, formatMultiplier, formatNumber, formatTick } from '../format-number.ts';
import { colour } from '../palette.ts';
import { domainOf } from '../ranges.ts';
import { roundTicks } from './ranges.ts';
import { modelTitle, type Run, runTitle } from './runs.ts';
import { missing, picture, type StudyFigure } from './study-figure.ts';
import { shortenBold } from './text-width.ts';

type Item = Run['result']['items'][number];

interface Curve {
  run: Run;
  points: { multiplier: number; value: number; low: number | null; high: number | null }[];
  slope: number;
  high: Item | null;
  low: Item | null;
}

/** Figure 2: propensity by multiplier for the dataset that steers most and the one that steers least. */
export function propensityCurves(study: Study): StudyFigure {
  const place = {
    id: 'figure-02-propensity-curves',
    name: 'Propensity curves',
    paper: '2',
    section: 'Propensity',
  };
  const curves = study.runs.filter(({ leftOut }) => leftOut === null).flatMap(curveOf);
  if (curves.length === 0) {
    return missing(place, study, /curve|steerab/i, 'No run measured propensities at several multipliers.');
  }
  const unit = curves[0]!.run.result.unit;
  const same = curves.filter(({ run }) => run.result.unit === unit).sort((a, b) => b.slope - a.slope);
  const shown = same.length === 1 ? same : [same[0]!, same.at(-1)!];
  return picture(
    {
      ...place,
      title:
        shown.length === 1
          ? `${formatNumber(shown[0]!.slope)} ${unit} per unit of multiplier in ${runTitle(study, shown[0]!.run)}`
          : `From ${formatNumber(shown[0]!.slope)} ${unit} per unit of multiplier (${runTitle(study, shown[0]!.run)}) down to ${formatNumber(shown[1]!.slope)} (${runTitle(study, shown[1]!.run)})`,
      note: `Mean propensity of the test items in ${unit} with its 95 % interval, the line whose slope is the steerability, and the items with the highest and the lowest slope.`,
      key: [
        { glyph: '●', colour: 'accent', text: 'mean of the items' },
        { glyph: '┄', colour: 'ink', text: 'its least-squares line' },
        { glyph: '○', colour: 'muted', text: 'item with the highest slope' },
        { glyph: '△', colour: 'warning', text: 'item with the lowest slope' },
      ],
      help: 'Steerability is the slope of the dashed line. Curves that bend or turn say less by their slope: R² of every item is in the report of its run.',
      description: shown
        .map(
          ({ run, points, slope, high, low }) =>
            `${runTitle(study, run)}: mean propensity ${points.map(({ multiplier, ...point }) => `${formatEstimate({ ...point, n: 0, method: '', reason: null })} at ${formatMultiplier(multiplier)}`).join(', ')}; slope ${formatNumber(slope)}, of items from ${formatNumber(low?.slope ?? null)} to ${formatNumber(high?.slope ?? null)}.`,
        )
        .join(' '),
      table: {
        columns: ['model', 'dataset', 'curve', 'multiplier', 'propensity', 'low', 'high', 'slope'],
        rows: shown.flatMap(({ run, points, slope, high, low }) => {
          const start = [modelTitle(study, run.model), run.behaviour];
          const ofItem = (item: Item | null, which: string) =>
            (item?.propensities ?? []).map((value, k) => [
              ...[...start, `item ${item!.item}, ${which} slope`, run.result.multipliers[k] ?? null],
              ...[value, null, null, item!.slope],
            ]);
          return [
            ...points.map((point) => [
              ...start,
              'mean',
              point.multiplier,
              point.value,
              point.low,
              point.high,
              slope,
            ]),
            ...ofItem(high, 'highest'),
            ...ofItem(low, 'lowest'),
          ];
        }),
      },
    },
    (figure, layout) => {
      const ends = shown.flatMap(({ points, high, low }) => [
        ...points.flatMap((point) => [point.value, point.low, point.high]),
        ...(high?.propensities ?? []),
        ...(low?.propensities ?? []),
      ]);
      const panels = shown.map((curve) =>
        curvePanel(
          study,
          curve,
          domainOf(ends, [0]),
          layout === 'wide' ? figureWidth.wide / shown.length : figureWidth.narrow,
        ),
      );
      return draw({ ...figure, layout }, layout === 'wide' ? [panels] : panels);
    },
  );
}

function curveOf(run: Run): Curve[] {
  const { curve, items, steerability } = run.result;
  const points = curve.flatMap(({ multiplier, propensity: { value, low, high } }) =>
    value === null ? [] : [{ multiplier, value, low, high }],
  );
  const slope = steerability?.mean.value;
  if (points.length < 2 || slope == null) return [];
  const ranked = items.filter((item) => item.slope !== null).sort((a, b) => b.slope! - a.slope!);
  return [{ run, points, slope, high: ranked[0] ?? null, low: ranked.at(-1) ?? null }];
}

function curvePanel(
  study: Study,
  { run, points, slope, high, low }: Curve,
  y: [number, number],
  width: number,
): Panel {
  const { multipliers, unit } = run.result;
  const mean = (pick: (point: Curve['points'][number]) => number) =>
    points.reduce((sum, point) => sum + pick(point), 0) / points.length;
  const intercept = mean(({ value }) => value) - slope * mean(({ multiplier }) => multiplier);
  const ends = [points[0]!.multiplier, points.at(-1)!.multiplier];
  const ofItem = (item: Item | null) =>
    (item?.propensities ?? []).flatMap((value, k) => {
      const multiplier = multipliers[k];
      return value === null || multiplier === undefined ? [] : [{ multiplier, value }];
    });
  const at = { x: 'multiplier', y: 'value' } as const;
  const words = (said: string, dy: number, style: object) =>
    text([said], {
      frameAnchor: 'top-left',
      dx: -34,
      dy,
      fill: colour('ink'),
      ...style,
    });
  return {
    width,
    height: 300,
    marginLeft: 42,
    marginRight: 16,
    marginTop: 60,
    marginBottom: 42,
    x: {
      ...{ domain: domainOf(multipliers), ticks: multipliers, tickFormat: formatMultiplier, tickSize: 3 },
      ...{ label: 'multiplier', labelAnchor: 'center', labelArrow: 'none' },
    },
    y: { domain: y, label: null, ticks: roundTicks(y, 7), tickFormat: formatTick, tickSize: 3 },
    marks: [
      words(shortenBold(runTitle(study, run), width - 24), -50, { fontWeight: 600 }),
      words(
        `slope ${formatEstimate(run.result.steerability!.mean)}, n ${run.result.steerability!.mean.n}`,
        -34,
        { fontSize: 11.5 },
      ),
      words(`↑ propensity, ${unit}`, -17, { fill: colour('muted'), fontSize: 11 }),
      ruleY([0], { stroke: colour('muted') }),
      ruleX([0], { stroke: colour('rule') }),
      line(ofItem(high), { ...at, stroke: colour('muted') }),
      dot(ofItem(high), { ...at, r: 3, fill: colour('paper'), stroke: colour('muted') }),
      line(ofItem(low), { ...at, stroke: colour('warning') }),
      dot(ofItem(low), {
        ...at,
        r: 3.5,
        symbol: 'triangle',
        fill: colour('paper'),
        stroke: colour('warning'),
      }),
      areaY(
        points.filter((point) => point.low !== null && point.high !== null),
        { x: 'multiplier', y1: 'low', y2: 'high', fill: colour('accent'), fillOpacity: 0.25 },
      ),
      line(ends, {
        x: (value: number) => value,
        y: (value: number) => intercept + slope * value,
        stroke: colour('ink'),
        strokeDasharray: '4 3',
      }),
      dot(points, { ...at, r: 4, fill: colour('accent'), stroke: colour('paper'), strokeWidth: 1.5 }),
    ],
  };
}
