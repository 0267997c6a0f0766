import type { Result } from '../result/schema.ts';
import { type DamagePiece, damagePanels } from './damage-panels.ts';
import { draw } from './draw.ts';
import { type Figure, type MissingFigure, reasonFor, whyUnknown } from './figure.ts';
import { formatEstimate, formatMultiplier, formatNumber, formatTick } from './format-number.ts';

type Piece = DamagePiece & Pick<Result, 'notMeasured'>;
type Damage = NonNullable<Piece['damage']>;

/** What steering costs on other text and what it gains, by the size of the multiplier. */
export function damageProfile(result: Piece): Figure | MissingFigure {
  const id = 'damage-profile';
  const { damage, unit } = result;
  if (damage === null || damage.points.length === 0) {
    const missing = reasonFor(result, /damage|neutral/i, 'No neutral text was scored under steering.');
    return { id, title: 'Damage to other text', missing };
  }
  const found = damage.points.map(({ klP95 }) => klP95);
  if (found.every(({ value }) => value === null)) {
    return { id, title: 'Damage to other text', missing: whyUnknown(found) };
  }
  const { limit } = damage.equal;
  const figure: Figure = {
    id,
    title: sayDamage(damage),
    note: `On ${damage.texts} neutral texts of ${damage.tokens} tokens (perplexity ${formatNumber(damage.perplexity)} unsteered): KL divergence of the next token from the unsteered model, 95th percentile over tokens, in nats; ratio of perplexities. On test items: the mean propensity’s distance from the unsteered one, in ${unit}.${damage.outsideLetters === null ? '' : ' Probability outside the two letters: mean over test items.'}${damage.equal.multiplier === null ? ` ${sayEqual(damage, unit)}` : ''}${found.some(({ low }) => low !== null) ? ` Lines at the marks: 95 % intervals${damage.equal.low === null ? '' : '; grey: that of the multiplier of equal damage, over texts'}.` : ' No intervals.'}`,
    key: [
      { glyph: '●', colour: 'accent', text: 'steered up (+λ)' },
      { glyph: '□', colour: 'second', text: 'steered down (−λ)' },
      ...(damage.equal.multiplier === null
        ? []
        : [{ glyph: '┆', colour: 'ink' as const, text: `damage reaches ${formatTick(limit)} nat` }]),
      ...(damage.equal.effect?.value == null
        ? []
        : [{ glyph: '◆', colour: 'ink' as const, text: 'effect at that damage' }]),
    ],
    help: `A useful vector moves the propensity far before its damage reaches ${formatTick(limit)} nat; the effect there compares vectors, layers and models at the same price.`,
    section: 'Damage',
    description: `${damage.points
      .map(
        ({ multiplier, klP95, perplexityRatio }) =>
          `At ${formatMultiplier(multiplier)}: KL ${formatEstimate(klP95)} nats, perplexity times ${formatEstimate(perplexityRatio)}.`,
      )
      .join(' ')} ${sayEqual(damage, unit)}`,
    table: tableOf(damage, result),
    draw: (layout) => draw({ ...figure, layout }, damagePanels(layout, damage, result)),
  };
  return figure;
}

function sayDamage({ points, equal }: Damage): string {
  const one = points.find(({ multiplier }) => multiplier === 1);
  if (one?.klP95.value == null) return 'What steering does to text that has nothing to do with the behaviour';
  const beyond = one.klP95.value > equal.limit;
  return `At multiplier 1 steering ${beyond ? 'damages' : 'does not damage'} other text: ${formatNumber(one.klP95.value)} nats of ${formatTick(equal.limit)} allowed`;
}

function sayEqual({ equal }: Damage, unit: string): string {
  const { limit, multiplier, low, high, effect, reason } = equal;
  if (multiplier === null)
    return `The damage of ${formatTick(limit)} nat is not reached: ${reason ?? 'no reason given'}.`;
  const there =
    effect?.value == null
      ? 'the effect there is not known'
      : `the effect there is ${formatEstimate(effect)} ${unit}`;
  return `The damage reaches ${formatTick(limit)} nat at ±${formatEstimate({ value: multiplier, low, high, n: 0, method: '', reason: null })}; ${there}.`;
}

function tableOf({ points, outsideLetters, equal }: Damage, { curve, unit }: Piece): Figure['table'] {
  const multipliers = [
    ...new Set([...points, ...curve, ...(outsideLetters ?? [])].map(({ multiplier }) => multiplier)),
  ].sort((a, b) => a - b);
  return {
    columns: [
      ...[
        'multiplier',
        'KL, 95th percentile (nats)',
        'low',
        'high',
        'KL, mean (nats)',
        'mean low',
        'mean high',
      ],
      ...['perplexity ratio', 'ratio low', 'ratio high', `mean propensity (${unit})`],
      ...(outsideLetters === null ? [] : ['outside the letters']),
    ],
    rows: [
      ...multipliers.map((multiplier) => {
        const at = points.find((point) => point.multiplier === multiplier);
        const [p95, mean, ratio] = [at?.klP95, at?.klMean, at?.perplexityRatio];
        return [
          ...[multiplier, p95?.value ?? null, p95?.low ?? null, p95?.high ?? null],
          ...[mean?.value ?? null, mean?.low ?? null, mean?.high ?? null],
          ...[ratio?.value ?? null, ratio?.low ?? null, ratio?.high ?? null],
          curve.find((point) => point.multiplier === multiplier)?.propensity.value ?? null,
          ...(outsideLetters === null
            ? []
            : [outsideLetters.find((point) => point.multiplier === multiplier)?.mass.value ?? null]),
        ];
      }),
      [
        ...[
          equal.multiplier === null ? 'equal damage: not reached' : `equal damage: ±${equal.multiplier}`,
          equal.multiplier === null ? null : equal.limit,
        ],
        ...Array.from({ length: 8 }, () => null),
        equal.effect === null ? null : `effect ${equal.effect.value ?? 'not known'}`,
        ...(outsideLetters === null ? [] : [null]),
      ],
    ],
  };
}
