import type { Study } from '../../result/study.ts';
import { type Estimate, formatEstimate, formatNumber } from '../format-number.ts';
import { domainOf } from '../ranges.ts';
import { quantileOf } from './ranges.ts';
import { type ChartBlock, type Column, drawRows } from './row-chart.ts';
import { estimateMarks } from './row-marks.ts';
import { behaviourTitle, type Run } from './runs.ts';
import { apart, estimateCells, estimateColumns, partOf } from './say.ts';
import { seriesKey, seriesOf } from './series.ts';
import { missing, picture, type StudyFigure } from './study-figure.ts';

type Transfer = Study['transfers'][number];

interface Data {
  behaviour: string;
  unit: Run['result']['unit'];
  /** In the order of the group's models; null where the behaviour was not run on it. */
  means: (Estimate | null)[];
  transfers: Transfer[];
}

interface Group extends ChartBlock<Data> {
  unit: Run['result']['unit'];
  models: Study['models'];
}

/** Precisions of one model: the same behaviours on each, and vectors of one applied in another. */
export function precisionComparison(study: Study): StudyFigure {
  const place = {
    id: 'precision-comparison',
    name: 'Precisions of one model',
    paper: null,
    section: 'Over datasets and models',
  };
  const groups = groupsOf(study);
  if (groups.length === 0) {
    return missing(place, study, /precision|quanti/i, 'The study holds no model at two precisions.');
  }
  const rows = groups.flatMap((group) => group.rows.map((row) => ({ ...row, group })));
  const precisions = [...new Set(groups.flatMap(({ models }) => models.map(({ precision }) => precision)))];
  const transferred = rows.some(({ data }) => data.transfers.length > 0);
  return picture(
    {
      ...place,
      title: sayChange(groups),
      note: `Mean slope of each behaviour in ${[...new Set(groups.map(({ unit }) => unit))].join(' or ')} per unit of multiplier, 95 % interval, each precision with its own vector.${transferred ? ' Small outlined marks: the vector of the other precision; right: cosine of the two vectors.' : ''}`,
      key: [
        ...seriesKey(precisions),
        ...(transferred
          ? [{ glyph: '▽', colour: 'muted' as const, text: 'with the vector of another precision' }]
          : []),
      ],
      help: 'Marks of a row that lie together say that a vector does the same at either precision; an outlined mark beside them, that it can be carried over.',
      description: groups
        .map(
          (group) =>
            `${group.heading}: ${group.rows
              .map(
                ({ label, data }) =>
                  `${label} ${data.means.map((mean, k) => `${mean === null ? 'not run' : formatEstimate(mean)} at ${group.models[k]!.precision}`).join(', ')}`,
              )
              .join('; ')}.`,
        )
        .join(' '),
      table: {
        columns: [
          'dataset',
          'unit',
          'model',
          'vector from',
          'precision',
          ...estimateColumns('mean slope'),
          'cosine',
        ],
        rows: rows.flatMap(({ data, group }) => [
          ...data.means.flatMap((mean, k) => {
            const model = group.models[k]!;
            return mean === null
              ? []
              : [
                  [
                    data.behaviour,
                    data.unit,
                    model.name,
                    model.id,
                    model.precision,
                    ...estimateCells(mean),
                    null,
                  ],
                ];
          }),
          ...data.transfers.map(({ from, to, mean, cosine }) => {
            const model = group.models.find(({ id }) => id === to)!;
            return [
              data.behaviour,
              data.unit,
              model.name,
              from,
              model.precision,
              ...estimateCells(mean),
              cosine,
            ];
          }),
        ]),
      },
    },
    (figure, layout) =>
      drawRows({ ...figure, layout }, groups, (group) => columns(groups, group, precisions), {
        wide: 32,
        narrow: 30,
      }),
  );
}

function groupsOf(study: Study): Group[] {
  const sources = [...new Set(study.models.map(({ sourceHash }) => sourceHash))];
  const units = [...new Set(study.runs.map(({ result }) => result.unit))];
  return sources.flatMap((source) => {
    const models = study.models.filter(({ sourceHash }) => sourceHash === source);
    if (models.length < 2) return [];
    const ids = new Set(models.map(({ id }) => id));
    return units.flatMap((unit): Group[] => {
      const rows = study.behaviours.flatMap(({ name }) => {
        const runs = models.map(({ id }) =>
          study.runs.find(
            (run) =>
              run.model === id && run.behaviour === name && run.result.unit === unit && run.leftOut === null,
          ),
        );
        const means = runs.map((run) => run?.result.steerability?.mean ?? null);
        const transfers = study.transfers.filter(
          ({ behaviour, from, to }) => behaviour === name && ids.has(from) && ids.has(to),
        );
        const known = means.filter((mean) => mean?.value != null).length;
        if (runs.every((run) => run === undefined) || known + transfers.length < 2) return [];
        return [
          {
            label: behaviourTitle(study, name),
            leftOut: false,
            data: { behaviour: name, unit, means, transfers },
          },
        ];
      });
      rows.sort((a, b) => (b.data.means[0]?.value ?? -Infinity) - (a.data.means[0]?.value ?? -Infinity));
      const words = units.length > 1 ? ` · in ${unit}` : '';
      return rows.length === 0 ? [] : [{ heading: `${models[0]!.name}${words}`, unit, models, rows }];
    });
  });
}

function sayChange(groups: Group[]): string {
  const pairs = groups.flatMap(({ rows, models }) =>
    rows.flatMap(({ data }) =>
      models.slice(1).flatMap((_, k) => {
        const [first, other] = [data.means[0], data.means[k + 1]];
        return first?.value == null || other?.value == null ? [] : [{ first, other }];
      }),
    ),
  );
  const [first, ...others] = groups[0]!.models.map(({ precision }) => precision);
  if (pairs.length === 0) return 'Precisions of one model';
  const differ = pairs.filter(({ first: a, other: b }) => apart(a, b)).length;
  const ratios = pairs
    .filter(({ first: a }) => a.low !== null && a.low > 0)
    .map(({ first: a, other: b }) => b.value! / a.value!);
  const median =
    ratios.length === 0
      ? ''
      : `; in the median it is ${formatNumber(quantileOf(ratios, 0.5))} times as large`;
  return `Precision ${others.join(', ')} against ${first}: the mean slope clearly differs in ${partOf(differ, pairs.length)} cases${median}`;
}

function columns(groups: Group[], group: Group, precisions: string[]): Column<Data>[] {
  const same = groups.filter(({ unit }) => unit === group.unit).flatMap(({ rows }) => rows);
  const ends = same.flatMap(({ data }) =>
    [...data.means, ...data.transfers.map(({ mean }) => mean)].flatMap((mean) =>
      mean === null ? [] : [mean.value, mean.low, mean.high],
    ),
  );
  const lanes = group.models.length;
  const transferred = groups.some(({ rows }) => rows.some(({ data }) => data.transfers.length > 0));
  const slopes: Column<Data> = {
    title: `mean slope, ${group.unit} per unit`,
    weight: 0.72,
    domain: domainOf(ends, [0]),
    marks: (rows, place) =>
      group.models.flatMap((model, k) => {
        const { tone, symbol, hollow } = seriesOf(precisions.indexOf(model.precision));
        const into = (data: Data) => data.transfers.find(({ to }) => to === model.id) ?? null;
        return [
          estimateMarks(rows, ({ data }) => data.means[k] ?? null, {
            ...{ tone, symbol, hollow },
            at: ({ y }) => place.lane(y, 2 * k, 2 * lanes),
          }),
          estimateMarks(rows, ({ data }) => into(data)?.mean ?? null, {
            ...{ tone, symbol: 'triangle', hollow: true, radius: 3, turned: true },
            at: ({ y }) => place.lane(y, 2 * k + 1, 2 * lanes),
            title: ({ label, data }) => `${label}, vector of ${into(data)!.from}`,
          }),
        ];
      }),
  };
  if (!transferred) return [slopes];
  return [
    slopes,
    {
      title: 'cosine',
      weight: 0.28,
      domain: domainOf(
        same.flatMap(({ data }) => data.transfers.map(({ cosine }) => cosine)),
        [0, 1],
      ),
      rules: [1],
      marks: (rows, place) =>
        group.models.map((model, k) =>
          estimateMarks(
            rows,
            ({ data }) => {
              const cosine = data.transfers.find(({ to }) => to === model.id)?.cosine ?? null;
              return cosine === null ? null : { value: cosine, low: null, high: null };
            },
            {
              ...{ tone: seriesOf(precisions.indexOf(model.precision)).tone, symbol: 'triangle' },
              ...{ hollow: true, radius: 3, turned: true, at: ({ y }) => place.lane(y, k, lanes) },
            },
          ),
        ),
    },
  ];
}
