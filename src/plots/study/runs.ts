import type { Study } from '../../result/study.ts';
import type { ChartBlock, ChartRow } from './row-chart.ts';

/** One run of a study. */
export type Run = Study['runs'][number];

/** One run in a figure of rows, with what the figure shows of it. */
export interface Row<Data> extends ChartRow<Data> {
  run: Run;
}

/** The rows of one model in one unit, which share an axis. */
export interface Block<Data> extends ChartBlock<Data> {
  model: string;
  unit: Run['result']['unit'];
  rows: Row<Data>[];
}

/**
 * Runs by model and unit, in the order of the study; within a block by `rank`, largest first, those left out last.
 *
 * @param pick What the figure shows of a run; null where the run lacks it, and the run is then not shown.
 * @param rank Number to sort by.
 */
export function blocksOf<Data>(
  study: Study,
  pick: (run: Run) => Data | null,
  rank: (data: Data, run: Run) => number,
): Block<Data>[] {
  const units = new Set(study.runs.map(({ result }) => result.unit));
  return study.models.flatMap((model) =>
    [...units].flatMap((unit) => {
      const mine = study.runs.filter((run) => run.model === model.id && run.result.unit === unit);
      const rows = mine
        .flatMap((run) => {
          const data = pick(run);
          return data === null
            ? []
            : [{ run, label: labelOf(study, run), leftOut: run.leftOut !== null, data }];
        })
        .sort((a, b) => Number(a.leftOut) - Number(b.leftOut) || rank(b.data, b.run) - rank(a.data, a.run));
      if (rows.length === 0) return [];
      const format = units.size > 1 ? ` · ${formatsOf(rows)}` : '';
      return [{ model: model.id, heading: `${modelTitle(study, model.id)}${format}`, unit, rows }];
    }),
  );
}

/** Rows of all blocks that are not left out: what a figure's title may count. */
export function judged<Data>(blocks: Block<Data>[]): Row<Data>[] {
  return blocks.flatMap(({ rows }) => rows.filter(({ leftOut }) => !leftOut));
}

/** Rows of all blocks in a block's unit: they share an axis, so that models compare. */
export function inUnit<Data>(blocks: Block<Data>[], { unit }: Block<Data>): Row<Data>[] {
  return blocks.filter((block) => block.unit === unit).flatMap(({ rows }) => rows);
}

/** Name of a model, with its precision where the study holds others of that name. */
export function modelTitle(study: Study, id: string): string {
  const model = study.models.find((each) => each.id === id);
  if (model === undefined) return publishedNames[id] ?? oneLine(id);
  const same = study.models.filter(({ name }) => name === model.name).length;
  return oneLine(same > 1 ? `${model.name} ${model.precision}` : model.name);
}

/** Title of a behaviour, or its name where the study has no title for it. */
export function behaviourTitle(study: Study, name: string): string {
  return oneLine(study.behaviours.find((behaviour) => behaviour.name === name)?.title ?? name);
}

/** Name of a run where model and behaviour must both be said. */
export function runTitle(study: Study, run: Run): string {
  const title = labelOf(study, run);
  return study.models.length > 1 ? `${title}, ${modelTitle(study, run.model)}` : title;
}

/** "logits per unit of multiplier", or both units where the study has both. */
export function unitWords(runs: readonly Run[]): string {
  return [...new Set(runs.map(({ result }) => result.unit))].join(' or ');
}

/** Note on the runs shown in grey; empty where there are none. */
export function sayLeftOut<Data>(blocks: Block<Data>[]): string {
  const count = blocks.flatMap(({ rows }) => rows).filter(({ leftOut }) => leftOut).length;
  if (count === 0) return '';
  return ` Grey and marked ✕: ${count} ${count === 1 ? 'run' : 'runs'} that the title leaves out; the table says why.`;
}

/** Names are drawn in one line, whatever stands in them. */
function oneLine(text: string): string {
  return text.replace(/[\s\p{Cc}]+/gu, ' ').trim();
}

const publishedNames: Record<string, string> = { llama: 'Llama-2-7b-Chat', qwen: 'Qwen-1.5-14b-Chat' };

function labelOf(study: Study, run: Run): string {
  const title = behaviourTitle(study, run.behaviour);
  const twice = study.behaviours.filter((behaviour) => oneLine(behaviour.title) === title).length > 1;
  return twice ? `${title} (${oneLine(run.behaviour)})` : title;
}

function formatsOf<Data>(rows: Row<Data>[]): string {
  return [...new Set(rows.map(({ run }) => run.result.format.replace('-', ' ')))].join(' and ');
}
