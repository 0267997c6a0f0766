import { dot, link, ruleX, text } from '@observablehq/plot';
import type { Result } from '../result/schema.ts';
import { draw, type Panel } from './draw.ts';
import { type Figure, type Layout, type MissingFigure, reasonFor } from './figure.ts';
import { formatShare, formatShareEstimate } from './format-number.ts';
import { colour } from './palette.ts';

type Piece = Pick<Result, 'competence' | 'format' | 'notMeasured'>;
type Competence = NonNullable<Piece['competence']>;

/** Share of control questions that the model gets right, against the bound that makes the test meaningful. */
export function competenceCheck(result: Piece): Figure | MissingFigure {
  const id = 'competence-check';
  const { competence } = result;
  if (competence === null) {
    const missing = reasonFor(result, /competence/i, 'The competence check was not run.');
    return { id, title: 'Can the model take this test?', missing };
  }
  const { questions, right, share, threshold, passed } = competence;
  const threshold100 = `${Math.round(threshold * 100)} %`;
  const unit =
    result.format === 'multiple-choice'
      ? 'a question right in both letter orders'
      : 'a sensible answer found likelier than a nonsensical one of equal length';
  const figure: Figure = {
    id,
    title: `${right} of ${questions} control questions right: the model ${passed ? 'can' : 'cannot'} take this test`,
    note: `Share of ${questions} control questions, 95 % interval; right means ${unit}.`,
    key: [],
    help: `The whole interval must lie above ${threshold100}: below that a model's answers say little about any behaviour, whatever the vector does.`,
    section: 'Competence',
    description: `${formatShareEstimate(share)} of ${questions} control questions right; the lower bound must exceed ${threshold100}: ${passed ? 'passed' : 'failed'}.`,
    table: {
      columns: ['questions', 'right', 'share', 'low', 'high', 'threshold', 'passed'],
      rows: [[questions, right, share.value, share.low, share.high, threshold, passed ? 'yes' : 'no']],
    },
    draw: (layout) => draw({ ...figure, layout }, [sharePanel(layout, competence)]),
  };
  return figure;
}

function sharePanel(layout: Layout, { share, threshold, passed }: Competence): Panel {
  const tone = colour(passed ? 'accent' : 'warning');
  const { value, low, high } = share;
  return {
    height: 112,
    marginLeft: 22,
    marginRight: 22,
    marginTop: 26,
    marginBottom: 42,
    x: {
      domain: [0, 1],
      label: 'control questions right',
      labelAnchor: 'center',
      labelArrow: 'none',
      ticks: layout === 'wide' ? 10 : 5,
      tickFormat: (tick: number) => `${Math.round(tick * 100)} %`,
    },
    marks: [
      ruleX([threshold], { stroke: colour('ink'), strokeDasharray: '4 3' }),
      text([`must lie above ${Math.round(threshold * 100)} %`], {
        x: [threshold],
        frameAnchor: 'top',
        dy: -18,
        fill: colour('ink'),
      }),
      low === null || high === null
        ? null
        : link([0], {
            x1: [low],
            x2: [high],
            y1: [0],
            y2: [0],
            stroke: tone,
            strokeWidth: 4,
            strokeLinecap: 'round',
          }),
      value === null
        ? null
        : dot([value], {
            x: [value],
            y: [0],
            r: 7,
            symbol: passed ? 'circle' : 'times',
            fill: passed ? tone : 'none',
            stroke: passed ? colour('paper') : tone,
            strokeWidth: 2.5,
          }),
      value === null
        ? null
        : text([formatShare(value)], { x: [value], y: [0], dy: -17, fill: tone, fontWeight: 600 }),
    ],
    y: { axis: null, domain: [-1, 1] },
  };
}
