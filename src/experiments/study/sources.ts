import type { Published } from '../../published/index.ts';
import type { Result } from '../../result/schema.ts';
import type { Study } from '../../result/study.ts';
import { type Estimate, withoutInterval } from '../../statistics/estimate.ts';
import { inDistribution, type Shift } from './relations.ts';

/** Mean steerability, or variance of the items' slopes. */
export type Quantity = 'mean' | 'variance';

/** Where the numbers of one behaviour on one model come from: a run of this study, or the paper. */
export interface Source {
  behaviour: string;
  model: string;
  published: boolean;
  /** A vector in a setting; null where it was not measured. */
  cell(shift: Shift, quantity: Quantity): Estimate | null;
}

/** A run as a source. */
export function sourceOfRun({
  behaviour,
  model,
  result,
}: Pick<Study['runs'][number], 'behaviour' | 'model' | 'result'>): Source {
  return {
    behaviour,
    model,
    published: false,
    cell: (shift, quantity) => {
      const [vector, setting] = shift;
      const cell = result.ood?.cells.find((one) => one.vector === vector && one.setting === setting);
      // The whole test set where there is one; an audit's cells hold fewer items.
      const isBase = vector === inDistribution[0] && setting === inDistribution[1];
      if (isBase && result.steerability !== null) return ofSteerability(result.steerability, quantity);
      return cell?.[quantity] ?? null;
    },
  };
}

function ofSteerability({ mean, sd }: NonNullable<Result['steerability']>, quantity: Quantity): Estimate {
  if (quantity === 'mean') return mean;
  const square = (value: number | null) => (value === null ? null : value ** 2);
  return { ...sd, value: square(sd.value), low: square(sd.low), high: square(sd.high) };
}

/** The paper's values for a model as sources, one a dataset, in the order of the data file. */
export function publishedSources({ datasets }: Published, key: string, model: string): Source[] {
  return Object.entries(datasets).flatMap(([behaviour, models]) => {
    const values = models[key];
    return values === undefined ? [] : [publishedSource(behaviour, model, values)];
  });
}

function publishedSource(behaviour: string, model: string, values: Readonly<Record<string, number>>): Source {
  return {
    behaviour,
    model,
    published: true,
    cell: (shift, quantity) => {
      const name = shift.join('->');
      const base = name === inDistribution.join('->');
      const field = quantity === 'mean' ? (base ? 'id_mean' : name) : base ? 'id_var' : `var ${name}`;
      const value = values[field];
      return value === undefined
        ? null
        : withoutInterval(value, 0, 'read from a figure', 'the paper gives no interval');
    },
  };
}
