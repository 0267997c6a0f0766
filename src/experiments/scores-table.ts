import type { LoadedBehaviour } from '../dataset/parse.ts';
import { type ParquetColumn, writeParquet } from '../files/parquet.ts';
import { answerTotals } from '../scores/answer-totals.ts';
import { propensity } from '../scores/propensity.ts';
import type { RunContext } from './empty-result.ts';
import { massOf, scoreOf } from './stages/item-slopes.ts';
import { textsOf } from './stages/item-texts.ts';
import type { TestItems } from './stages/test-items.ts';

/** One vector at one layer, measured on test items. */
export interface MeasuredVector {
  name: string;
  method: string;
  layer: number;
  /** Prompt setting that the items were put in. */
  setting: string;
  test: Pick<TestItems, 'cases' | 'measurements'>;
  /** Multipliers of the measurements, in their order. */
  multipliers: number[];
}

/** What goes into scores.parquet; empty where nothing was measured. */
export type ScoreRows = MeasuredVector[];

type Row = Record<string, string | number | null>;

/** Columns of scores.parquet in order, with their types. */
const columns = {
  behaviour: 'string',
  item: 'int32',
  split: 'string',
  setting: 'string',
  format: 'string',
  vector: 'string',
  method: 'string',
  layer: 'int32',
  multiplier: 'float64',
  operator: 'string',
  start: 'string',
  positive_letter: 'string',
  positive_word: 'string',
  logit_positive: 'float64',
  logit_negative: 'float64',
  logprob_positive: 'float64',
  logprob_negative: 'float64',
  tokens_positive: 'int32',
  tokens_negative: 'int32',
  choice_mass: 'float64',
  propensity: 'float64',
} as const;

/** Writes a row for every test item, layer and multiplier; null where a column has no meaning. */
export async function writeScores(path: string, context: RunContext, rows: ScoreRows): Promise<void> {
  const table = rows.flatMap((measured) => rowsOf(context, measured));
  await writeParquet(
    path,
    Object.entries(columns).map(
      ([name, type]) => ({ name, type, values: table.map((row) => row[name] ?? null) }) as ParquetColumn,
    ),
  );
}

function rowsOf(
  { session, behaviour }: RunContext,
  { name, method, layer, setting, test, multipliers }: MeasuredVector,
): Row[] {
  const { format, operator, start } = session.options;
  return test.cases.flatMap(({ item, positive, negative }, place) => {
    const row = test.measurements[place];
    if (row === null || row === undefined) return [];
    const texts = textsOf(behaviour as LoadedBehaviour, item, format);
    return multipliers.map((multiplier, branch) => {
      const measurement = row[branch]!;
      const own = answerTotals(measurement.positive);
      const other = answerTotals(measurement.negative);
      return {
        behaviour: behaviour.name,
        item,
        split: 'test',
        setting,
        format,
        vector: name,
        method,
        layer,
        multiplier,
        operator,
        start,
        positive_letter: texts.positiveLetter,
        positive_word: texts.positiveWord,
        logit_positive: finite(own.logit),
        logit_negative: finite(other.logit),
        logprob_positive: finite(own.logprob),
        logprob_negative: finite(other.logprob),
        tokens_positive: positive.answerEnd - positive.answerStart,
        tokens_negative: negative.answerEnd - negative.answerStart,
        choice_mass: massOf(measurement, format),
        propensity: propensity(measurement, scoreOf(session.options)).value,
      };
    });
  });
}

/** The table has no NaN and no infinity: what is not a finite number is missing. */
function finite(value: number | null): number | null {
  return value !== null && Number.isFinite(value) ? value : null;
}
