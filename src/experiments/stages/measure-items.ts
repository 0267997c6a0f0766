import type { AnswerMeasurement, Engine, Measurement, MeasureRequest } from '../../engine/engine.ts';
import { buildMeasureTrie } from '../../engine/measure-trie.ts';
import type { Intervention } from '../../interventions/intervention.ts';
import type { Case } from '../../prompts/case.ts';
import { type CellWork, cellWork, runCell, type Session } from '../session.ts';
import { wantedOf } from './item-slopes.ts';

/** A stage that measures items under interventions. */
export interface MeasureStage {
  /** Name of the stage: also of its cells. */
  stage: string;
  cases: Case[];
  /** One a branch; null is unsteered. */
  interventions: (Intervention | null)[];
  /** What is read of the model; default: what the run's propensity needs. */
  wanted?: Pick<MeasureRequest, 'tokens' | 'logprobs'>;
  /** Whether several processes may share its cells: true only where no later stage computes with the outcome. */
  shared?: boolean;
}

/** JSON has no NaN and no infinity: null stands for both. */
type Stored = number | null;

interface StoredAnswer {
  logits: Stored[];
  logSumExp: Stored[] | null;
}

interface MeasureCell {
  /** By item, then by branch. */
  measurements: { positive: StoredAnswer; negative: StoredAnswer }[][];
  work: CellWork;
}

/**
 * Measures every case under every intervention, in cells of a fixed number of consecutive items.
 *
 * @returns by case, then by branch; null for the cases of a cell that failed
 */
export async function measureItems(session: Session, stage: MeasureStage): Promise<(Measurement[] | null)[]> {
  const results: (Measurement[] | null)[] = [];
  for (const [index, cases] of cellsOf(session, stage.cases).entries()) {
    const cell = await runCell(
      session,
      stage.stage,
      cellId(stage.stage, index),
      (engine) => measureCell(engine, session, stage, cases),
      stage.shared === true ? index : null,
    );
    results.push(
      ...(cell === null ? cases.map(() => null) : cell.measurements.map((row) => row.map(revive))),
    );
  }
  return results;
}

async function measureCell(
  engine: Engine,
  session: Session,
  stage: MeasureStage,
  cases: Case[],
): Promise<MeasureCell> {
  const { measurements, work } = await engine.measure(request(session, stage, cases));
  return {
    measurements: measurements.map((row) =>
      row.map(({ positive, negative }) => ({ positive: store(positive), negative: store(negative) })),
    ),
    work: cellWork(work),
  };
}

/** Rows that a stage will decode; the answer does not depend on layers or vectors, only on how many there are. */
export function countRows(session: Session, stage: Omit<MeasureStage, 'stage'>): number {
  return cellsOf(session, stage.cases).reduce(
    (sum, cases) => sum + buildMeasureTrie(request(session, { ...stage, stage: '' }, cases)).trie.size,
    0,
  );
}

function request({ options }: Session, stage: MeasureStage, cases: Case[]): MeasureRequest {
  const interventions = stage.interventions.filter((intervention) => intervention !== null);
  let next = 0;
  return {
    cases,
    interventions,
    branches: stage.interventions.map((intervention) => (intervention === null ? [] : [next++])),
    ...(stage.wanted ?? wantedOf(options)),
  };
}

/** Consecutive items, a fixed number a cell: so a cell's batches depend on nothing but the plan. */
export function cellsOf<T>({ options }: Pick<Session, 'options'>, items: T[]): T[][] {
  const cells: T[][] = [];
  for (let first = 0; first < items.length; first += options.cellItems)
    cells.push(items.slice(first, first + options.cellItems));
  return cells;
}

/** `test-0003`: the name of a cell, which sorts as its items do. */
export function cellId(stage: string, index: number): string {
  return `${stage}-${String(index).padStart(4, '0')}`;
}

function store({ logits, logSumExp }: AnswerMeasurement): StoredAnswer {
  return { logits: [...logits], logSumExp: logSumExp === null ? null : [...logSumExp] };
}

function revive({ positive, negative }: { positive: StoredAnswer; negative: StoredAnswer }): Measurement {
  const typed = ({ logits, logSumExp }: StoredAnswer): AnswerMeasurement => ({
    logits: Float32Array.from(logits, (value) => value ?? Number.NaN),
    logSumExp: logSumExp === null ? null : Float64Array.from(logSumExp, (value) => value ?? Number.NaN),
  });
  return { positive: typed(positive), negative: typed(negative) };
}
