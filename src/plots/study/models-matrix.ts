import { dot, frame, line, text } from '@observablehq/plot';
import type { Study } from '../../result/study.ts';
import { draw, type Panel } from '../draw.ts';
import { figureWidth, type Layout } from '../figure.ts';
import { colour } from '../palette.ts';
import { domainOf } from '../ranges.ts';
import {
  describeRelations,
  formatCorrelation,
  modelPairs,
  pointsOf,
  type Relation,
  relationOf,
  relationTable,
  sayCorrelations,
  sayNoRelation,
  scatterKey,
} from './relations.ts';
import { modelTitle, unitWords } from './runs.ts';
import { missing, picture, type StudyFigure } from './study-figure.ts';
import { boldWidth, shortenBold, wrapText } from './text-width.ts';

interface Pair {
  a: string;
  b: string;
  relation: Relation;
}

/** Figure 23: every model against every other, mean slopes in distribution; the correlations in the other half. */
export function modelsMatrix(study: Study): StudyFigure {
  const place = {
    id: 'figure-23-models-matrix',
    name: 'Every model against every other',
    paper: '23',
    section: 'Over datasets and models',
  };
  const pairs = modelPairs(study).flatMap(([a, b]): Pair[] => {
    const relation = relationOf(study, `23/${a}~${b}`);
    return relation === null ? [] : [{ a, b, relation }];
  });
  if (pairs.length === 0) {
    const reason =
      study.models.length < 2
        ? 'The study has one model.'
        : sayNoRelation(study, '23/', 'No dataset was steered on two models.');
    return missing(place, study, /across models/i, reason);
  }
  const relations = pairs.map(({ relation }) => relation);
  const headings = pairs.map(({ a, b }) => `${modelTitle(study, a)} and ${modelTitle(study, b)}`);
  return picture(
    {
      ...place,
      title: `Every model against every other: ${sayCorrelations(relations)}`,
      note: `Mean slope of each dataset in distribution, ${unitWords(study.runs)} per unit of multiplier. Upper half: Spearman's rank correlation, 95 % interval, number of datasets.`,
      key: [...scatterKey(study, relations), { glyph: '┄', colour: 'muted', text: 'equal on both' }],
      help: 'A column has one model along x, a row one along y, named on the diagonal; each scatter plot has its correlation mirrored across the diagonal.',
      description: describeRelations(relations, headings),
      table: relationTable(study, relations, headings),
    },
    (figure, layout) => {
      const ids = study.models
        .map(({ id }) => id)
        .filter((id) => pairs.some(({ a, b }) => a === id || b === id));
      return draw(
        { ...figure, layout },
        ids.map((_, row) => ids.map((_, column) => cell(study, layout, ids, pairs, row, column))),
      );
    },
  );
}

function cell(
  study: Study,
  layout: Layout,
  ids: string[],
  pairs: Pair[],
  row: number,
  column: number,
): Panel {
  const width = Math.floor(figureWidth[layout] / ids.length);
  const height = Math.min(width, 210);
  const [low, high] = [Math.min(row, column), Math.max(row, column)];
  const pair = pairs.find(({ a, b }) => a === ids[low] && b === ids[high]);
  const margins = { marginLeft: 30, marginRight: 8, marginTop: 8, marginBottom: 22 };
  const blank = {
    width,
    height,
    ...margins,
    x: { axis: null, domain: [0, 1] },
    y: { axis: null, domain: [0, 1] },
  };
  if (row === column) {
    const words = wrapText(
      shortenBold(modelTitle(study, ids[row]!), 3.5 * width),
      (width - 24) / boldWidth,
    ).join('\n');
    return {
      ...blank,
      marks: [
        text([words], { frameAnchor: 'middle', fontWeight: 600, fill: colour('ink'), lineHeight: 1.3 }),
      ],
    };
  }
  if (pair === undefined) {
    return {
      ...blank,
      marks: [border(), text(['no dataset\nin common'], { frameAnchor: 'middle', fill: colour('muted') })],
    };
  }
  const { spearman } = pair.relation;
  if (column > row) {
    const [value, ...interval] = formatCorrelation(spearman).split(' (');
    return {
      ...blank,
      marks: [
        border(),
        text([value!], {
          frameAnchor: 'middle',
          dy: -14,
          fontSize: width > 150 ? 24 : 17,
          fill: colour('ink'),
        }),
        text([`${interval.length > 0 ? `(${interval.join('')}\n` : ''}n ${spearman.n}`], {
          ...{ frameAnchor: 'middle', dy: 16, fontSize: 11, fill: colour('muted'), lineHeight: 1.3 },
        }),
      ],
    };
  }
  return scatterCell(study, pair, { width, height, ...margins });
}

function border() {
  return frame({ stroke: colour('rule') });
}

/** The lower half: the first model of the pair along x. */
function scatterCell(study: Study, { relation }: Pair, room: Omit<Panel, 'marks'>): Panel {
  const points = pointsOf(study, relation);
  const domain = (axis: 'x' | 'y') =>
    domainOf(
      points.map((point) => point[axis]),
      [0],
    );
  const [x, y] = [domain('x'), domain('y')];
  const [from, to] = [Math.max(x[0], y[0]), Math.min(x[1], y[1])];
  return {
    ...room,
    x: { domain: x, label: null, ticks: 3, tickSize: 3 },
    y: { domain: y, label: null, ticks: 3, tickSize: 3 },
    marks: [
      border(),
      line([from, to], {
        x: (value: number) => value,
        y: (value: number) => value,
        stroke: colour('muted'),
        strokeDasharray: '2 3',
      }),
      ...(['circle', 'square'] as const).map((shape) =>
        dot(
          points.filter((point) => point.shape === shape && !point.published),
          { x: 'x', y: 'y', r: 3, symbol: shape, fill: colour('accent'), fillOpacity: 0.85, title: 'name' },
        ),
      ),
    ],
  } as Panel;
}
