import type { Result } from '../result/schema.ts';
import { draw } from './draw.ts';
import { type Figure, type MissingFigure, reasonFor, whyUnknown } from './figure.ts';
import { formatEstimate, sayIntervals } from './format-number.ts';
import { type IntervalRow, intervalPanel } from './interval-rows.ts';
import { domainOf } from './ranges.ts';

type Piece = Pick<Result, 'ood' | 'notMeasured'>;
type Relative = NonNullable<Piece['ood']>['relative'][number];

/** Below this, the vector does less than half of what the prompt's own vector does: the verdict calls it brittle. */
const limit = 0.5;

/** How much of a prompt's own steerability other vectors keep there. */
export function relativeSteerability(result: Piece): Figure | MissingFigure {
  const id = 'relative-steerability';
  const found = result.ood?.relative.filter(({ self }) => !self) ?? [];
  if (found.length === 0) {
    const missing = reasonFor(
      result,
      /prompts|setting/i,
      'The vector was steered under the default prompt alone.',
    );
    return { id, title: 'What the vector keeps under other prompts', missing };
  }
  const ratios = found.map(({ ratio }) => ratio);
  if (ratios.every(({ value }) => value === null)) {
    return { id, title: 'What the vector keeps under other prompts', missing: whyUnknown(ratios) };
  }
  const rows = rowsOf(found);
  const figure: Figure = {
    id,
    title: sayLeast(found),
    note: `Mean slope of a vector under a prompt over that of the prompt’s own vector there, ${result.ood!.items.length} test items, ${sayIntervals(ratios)}.`,
    key: [
      { glyph: '◆', colour: 'accent', text: 'the vector of the default prompt' },
      ...(found.some(isLess)
        ? [{ glyph: '◆', colour: 'warning' as const, text: 'its interval lies below 0.5' }]
        : []),
      ...(found.some(({ vector }) => vector !== 'BASE')
        ? [{ glyph: '○', colour: 'muted' as const, text: 'another vector' }]
        : []),
    ],
    help: 'At 1 a vector does as much as the one extracted under that very prompt; the verdict calls a vector brittle where its whole interval lies below 0.5.',
    section: 'Other prompts',
    description: found
      .map(
        ({ vector, setting, ratio }) =>
          `Vector ${vector} in ${setting}: ${ratio.value === null ? `no ratio, ${ratio.reason}` : formatEstimate(ratio, 2)}.`,
      )
      .join(' '),
    table: {
      columns: ['vector', 'tested in', 'relative steerability', 'low', 'high', 'items', 'gap', 'reason'],
      rows: result.ood!.relative.map(({ vector, setting, ratio, gap }) => [
        ...[vector, setting, ratio.value, ratio.low, ratio.high, ratio.n, gap?.value ?? null, ratio.reason],
      ]),
    },
    draw: (layout) =>
      draw({ ...figure, layout }, [
        intervalPanel(layout, {
          rows,
          dense: rows.length > 8,
          domain: domainOf(
            found.flatMap(({ ratio }) => [ratio.value, ratio.low, ratio.high]),
            [0, 1.05],
          ),
          axis: 'relative steerability',
          limits: [
            { at: limit, words: 'half' },
            { at: 1, words: 'its own' },
          ],
        }),
      ]),
  };
  return figure;
}

function isLess({ vector, ratio }: Relative): boolean {
  return vector === 'BASE' && ratio.high !== null && ratio.high < limit;
}

function sayLeast(found: Relative[]): string {
  const base = found.filter(({ vector, ratio }) => vector === 'BASE' && ratio.high !== null);
  if (base.length === 0) return 'Steerability of each vector over that of the prompt’s own';
  const least = base.reduce((a, b) => (b.ratio.value! < a.ratio.value! ? b : a));
  const than = 'what the prompt’s own vector does';
  if (isLess(least)) {
    const under = base.filter(isLess);
    return under.length === 1
      ? `Under ${least.setting} the vector does less than half of what that prompt’s own vector does`
      : `Under ${under.length} of ${base.length} prompts the vector does less than half of ${than}`;
  }
  if (base.every(({ ratio }) => ratio.low! > limit)) {
    const under = base.length === 1 ? `Under ${least.setting}` : `Under all ${base.length} other prompts`;
    return `${under} the vector keeps ${least.ratio.value!.toFixed(2)} or more of ${than}`;
  }
  return `The vector keeps least under ${least.setting}: ${formatEstimate(least.ratio, 2)} of what its own vector does`;
}

/** One row a vector where there is one a prompt; else a heading a prompt, and its vectors below. */
function rowsOf(found: Relative[]): IntervalRow[] {
  const settings = [...new Set(found.map(({ setting }) => setting))];
  const single = settings.length === found.length;
  return settings.flatMap((setting) => {
    const own = found.filter((each) => each.setting === setting);
    const rows = own.map((each): IntervalRow => {
      const { vector, ratio } = each;
      const base = vector === 'BASE';
      return {
        label: single ? `${vector} in ${setting}` : vector,
        estimate: ratio,
        tone: isLess(each) ? 'warning' : base ? 'accent' : 'muted',
        symbol: base ? 'diamond' : 'circle',
        hollow: !base,
        words: ratio.value === null ? 'no ratio' : formatEstimate(ratio, 2),
      };
    });
    return single ? rows : [{ label: `tested in ${setting}`, estimate: null, words: '' }, ...rows];
  });
}
