import type { Study } from '../../result/study.ts';
import { cellEstimate, pointOf, type RelatedRun, relation } from './relations.ts';

type Relation = Study['relations'][number];

/** Every two models over the behaviours that both were run on: Figures 7, 21 and 23. */
export function pairRelations(models: readonly string[], runs: readonly RelatedRun[]): Relation[] {
  return models.flatMap((first, place) =>
    models.slice(place + 1).flatMap((second) => relationsOf(first, second, runs)),
  );
}

function relationsOf(first: string, second: string, runs: readonly RelatedRun[]): Relation[] {
  const both = runs
    .filter(({ model }) => model === first)
    .flatMap((run) => {
      const other = runs.find(({ model, behaviour }) => model === second && behaviour === run.behaviour);
      return other === undefined ? [] : [[run, other] as const];
    });
  const compare = (
    head: Pick<Relation, 'id' | 'figure'>,
    cell: readonly [string, string],
    quantity: 'mean' | 'variance',
  ): Relation => {
    const name = quantity === 'mean' ? 'mean steerability' : 'variance of the slopes';
    return relation(
      { ...head, x: `${name}, ${first}`, y: `${name}, ${second}` },
      both.map(([run, other]) =>
        pointOf(
          { ...run, model: `${first}~${second}` },
          cellEstimate(run.result, cell, quantity)?.value ?? null,
          cellEstimate(other.result, cell, quantity),
        ),
      ),
    );
  };
  const cells = [
    ['BASE', 'BASE'],
    ['SYS_POS', 'USER_NEG'],
  ] as const;
  return [
    ...cells.flatMap((cell) =>
      (['7', '21'] as const).map((figure) =>
        compare(
          { id: `${figure}/${cell.join('->')}/${first}~${second}`, figure },
          cell,
          figure === '7' ? 'mean' : 'variance',
        ),
      ),
    ),
    compare({ id: `23/${first}~${second}`, figure: '23' }, cells[0], 'mean'),
  ];
}
