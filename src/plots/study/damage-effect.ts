import { dot, line, ruleX, ruleY, text } from '@observablehq/plot';
import type { Study } from '../../result/study.ts';
import { draw, type Panel } from '../draw.ts';
import type { Layout } from '../figure.ts';
import { formatEstimate, formatNumber, formatTick } from '../format-number.ts';
import { colour } from '../palette.ts';
import { domainOf } from '../ranges.ts';
import { placeNames } from './point-names.ts';
import { roundTicks } from './ranges.ts';
import { type Block, blocksOf, inUnit, judged, modelTitle, type Run, sayLeftOut, unitWords } from './runs.ts';
import { estimateCells, estimateColumns, partOf } from './say.ts';
import { missing, picture, type StudyFigure } from './study-figure.ts';
import { shortenBold } from './text-width.ts';

type Damage = NonNullable<Run['result']['damage']>;

interface Step {
  multiplier: number;
  /** (m(+λ) − m(−λ)) / 2. */
  effect: number;
  /** The larger of the two sides' 95th percentiles of KL. */
  kl: number;
}

interface Data {
  damage: Damage;
  steps: Step[];
}

/** What each vector costs: damage to neutral text against effect, along the multipliers. */
export function damageAgainstEffect(study: Study): StudyFigure {
  const place = {
    id: 'damage-against-effect',
    name: 'Damage against effect',
    paper: null,
    section: 'Damage',
  };
  const blocks = blocksOf(
    study,
    ({ result }): Data | null => {
      if (result.damage === null) return null;
      const steps = stepsOf(result.damage, result.curve);
      return steps.length === 0 ? null : { damage: result.damage, steps };
    },
    ({ steps }) => steps.at(-1)!.effect,
  );
  const rows = blocks.flatMap((block) => block.rows);
  if (rows.length === 0) {
    return missing(place, study, /damage/i, 'No run measured damage.');
  }
  const limit = rows[0]!.data.damage.equal.limit;
  return picture(
    {
      ...place,
      title: sayDamage(blocks, limit),
      note: `Effect (m(+λ) − m(−λ)) / 2 on test items in ${unitWords(rows.map(({ run }) => run))}; damage: 95th percentile over tokens of the KL divergence of the next token on neutral text, the larger of both sides. A line is a dataset, a mark a multiplier.${sayLeftOut(blocks)}`,
      key: [
        { glyph: '○', colour: 'accent', text: 'a multiplier' },
        { glyph: '●', colour: 'accent', text: 'multiplier 1, damage within the limit' },
        { glyph: '●', colour: 'warning', text: 'multiplier 1, damage beyond it' },
      ],
      help: `A useful vector goes far to the right before it rises to the line at ${formatTick(limit)} nat; one that rises straight up only breaks the model.`,
      description: blocks
        .map(
          (block) =>
            `${block.heading}: ${block.rows
              .map(
                ({ label, data }) =>
                  `${label} ${data.steps.map(({ multiplier, effect, kl }) => `effect ${formatNumber(effect)}, damage ${formatNumber(kl)} nat at ±${formatTick(multiplier)}`).join('; ')}`,
              )
              .join('. ')}.`,
        )
        .join(' '),
      table: {
        columns: [
          ...['model', 'dataset', 'unit', 'multiplier', 'mean propensity', ...estimateColumns('mean KL')],
          ...[...estimateColumns('KL at 95 %'), ...estimateColumns('perplexity ratio'), 'left out'],
        ],
        rows: rows.flatMap(({ run, data }) =>
          data.damage.points.map(({ multiplier, klMean, klP95, perplexityRatio }) => [
            ...[modelTitle(study, run.model), run.behaviour, run.result.unit, multiplier],
            run.result.curve.find((point) => point.multiplier === multiplier)?.propensity.value ?? null,
            ...[...estimateCells(klMean), ...estimateCells(klP95), ...estimateCells(perplexityRatio)],
            run.leftOut,
          ]),
        ),
      },
    },
    (figure, layout) =>
      draw(
        { ...figure, layout },
        blocks.map((block) => damagePanel(layout, blocks, block, limit)),
      ),
  );
}

function stepsOf({ points }: Damage, curve: Run['result']['curve']): Step[] {
  const propensity = (m: number) =>
    curve.find(({ multiplier }) => multiplier === m)?.propensity.value ?? null;
  const kl = (m: number) => points.find(({ multiplier }) => multiplier === m)?.klP95.value ?? null;
  const sizes = [...new Set(points.map(({ multiplier }) => Math.abs(multiplier)))].sort((a, b) => a - b);
  const steps = sizes.flatMap((multiplier): Step[] => {
    const [up, down] = [propensity(multiplier), propensity(-multiplier)];
    const sides = [kl(multiplier), kl(-multiplier)].filter((value) => value !== null);
    if (up === null || down === null || sides.length === 0) return [];
    return [{ multiplier, effect: (up - down) / 2, kl: Math.max(...sides) }];
  });
  return steps.length === 0 ? [] : [{ multiplier: 0, effect: 0, kl: 0 }, ...steps];
}

function sayDamage(blocks: Block<Data>[], limit: number): string {
  const known = judged(blocks).flatMap(({ data }) =>
    data.damage.points.filter(({ multiplier }) => multiplier === 1),
  );
  if (known.length === 0) return 'Damage against effect';
  const beyond = known.filter(({ klP95 }) => (klP95.value ?? 0) > limit);
  if (known.length === 1) {
    const where = beyond.length === 1 ? 'beyond' : 'within';
    return `At multiplier 1 the vector does damage of ${formatEstimate(known[0]!.klP95)} nat, ${where} ${formatTick(limit)} nat`;
  }
  return `At multiplier 1, ${partOf(beyond.length, known.length)} vectors do damage beyond ${formatTick(limit)} nat`;
}

function damagePanel(layout: Layout, blocks: Block<Data>[], block: Block<Data>, limit: number): Panel {
  const wide = layout === 'wide';
  const all = inUnit(blocks, block).flatMap(({ data }) => data.steps);
  const x = domainOf(
    all.map(({ effect }) => effect),
    [0],
  );
  const y: [number, number] = [0, Math.max(limit, ...all.map(({ kl }) => kl)) * 1.05];
  const steps = block.rows.flatMap((row) =>
    row.data.steps.map((step) => ({ ...step, row: row.label, leftOut: row.leftOut })),
  );
  const ones = steps.filter(({ multiplier }) => multiplier === 1);
  const height = wide ? 270 : 250;
  const size = { width: (wide ? 720 : 350) - 56, height: height - 86 };
  const named = placeNames(
    ones.map(({ effect, kl, row }) => ({ x: effect, y: kl, name: row })),
    { x, y, ...size },
    wide ? 6 : 3,
    ({ x: effect, y: kl }) => Math.abs(effect) - kl * ((x[1] - x[0]) / y[1]),
  );
  const at = { x: 'effect', y: 'kl' } as const;
  type Mark = (typeof steps)[number];
  const tone = ({ leftOut, kl }: Mark) => colour(leftOut ? 'muted' : kl > limit ? 'warning' : 'accent');
  return {
    height,
    marginLeft: 40,
    marginRight: 16,
    marginTop: 46,
    marginBottom: 40,
    x: {
      ...{ domain: x, ticks: roundTicks(x, wide ? 10 : 6), tickFormat: formatTick, tickSize: 3 },
      ...{ label: `effect, ${block.unit}`, labelAnchor: 'center', labelArrow: 'none' },
    },
    y: { domain: y, label: null, ticks: roundTicks(y, 6), tickFormat: formatTick, tickSize: 3 },
    marks: [
      text([shortenBold(block.heading, size.width + 40, 13)], {
        ...{ frameAnchor: 'top-left', dx: -32, dy: -38, fontSize: 13, fontWeight: 600, fill: colour('ink') },
      }),
      text(['↑ KL at the 95th percentile, nats'], {
        ...{ frameAnchor: 'top-left', dx: -32, dy: -16, fontSize: 11.5, fill: colour('muted') },
      }),
      ruleX([0], { stroke: colour('rule') }),
      ruleY([0], { stroke: colour('muted') }),
      ruleY([limit], { stroke: colour('ink'), strokeDasharray: '4 3' }),
      line(steps, {
        ...at,
        z: 'row',
        stroke: colour('muted'),
        strokeOpacity: 0.55,
        strokeWidth: 1.1,
        title: 'row',
      }),
      dot(
        steps.filter(({ multiplier }) => multiplier !== 1 && multiplier !== 0),
        { ...at, r: 2, fill: colour('paper'), stroke: tone },
      ),
      dot(ones, { ...at, r: 4, fill: tone, stroke: colour('paper'), title: 'row' }),
      ...named,
    ],
  };
}
