import { inDistribution, pointOf, type Relation, relation, shifts } from './relations.ts';
import type { Quantity, Source } from './sources.ts';

/** What a quantity is called on an axis. */
const names: Record<Quantity, string> = {
  mean: 'mean steerability',
  variance: 'variance of the slopes',
};

/**
 * Figures 5, 6 and 22 of one model: out of distribution against in distribution, and variance against mean.
 *
 * @param shown the paper's values of the same model and datasets, drawn beside
 */
export function shiftRelations(
  model: string,
  sources: readonly Source[],
  shown: readonly Source[] = [],
): Relation[] {
  const quantities: [string, Quantity][] = [
    ['5', 'mean'],
    ['6', 'variance'],
  ];
  return [
    ...quantities.flatMap(([figure, quantity]) =>
      shifts.map((shift) => {
        const point = (source: Source) =>
          pointOf(source, source.cell(inDistribution, quantity)?.value ?? null, source.cell(shift, quantity));
        const head = {
          id: `${figure}/${shift.join('->')}/${model}`,
          figure,
          x: `${names[quantity]}, BASE in BASE`,
          y: `${names[quantity]}, ${shift[0]} in ${shift[1]}`,
        };
        return relation(head, sources.map(point), shown.map(asPublished(point)));
      }),
    ),
    ...[inDistribution, ...shifts].map((shift) => {
      const point = (source: Source) =>
        pointOf(source, source.cell(shift, 'mean')?.value ?? null, source.cell(shift, 'variance'));
      const head = {
        id: `22/${shift.join('->')}/${model}`,
        figure: '22',
        x: `${names.mean}, ${shift[0]} in ${shift[1]}`,
        y: names.variance,
      };
      return relation(head, sources.map(point), shown.map(asPublished(point)));
    }),
  ];
}

function asPublished(point: (source: Source) => ReturnType<typeof pointOf>) {
  return (source: Source) => ({ ...point(source), published: true });
}

/** Figures 7, 21 and 23: every two models over the behaviours that both have. */
export function pairRelations(models: readonly string[], sources: readonly Source[]): Relation[] {
  return models.flatMap((first, place) =>
    models.slice(place + 1).flatMap((second) => relationsOfPair(first, second, sources)),
  );
}

function relationsOfPair(first: string, second: string, sources: readonly Source[]): Relation[] {
  const both = sources
    .filter(({ model }) => model === first)
    .flatMap((source) => {
      const other = sources.find(
        ({ model, behaviour }) => model === second && behaviour === source.behaviour,
      );
      return other === undefined ? [] : [[source, other] as const];
    });
  const compare = (id: string, figure: string, shift: (typeof shifts)[number], quantity: Quantity) =>
    relation(
      { id, figure, x: `${names[quantity]}, ${first}`, y: `${names[quantity]}, ${second}` },
      both.map(([source, other]) =>
        pointOf(
          { behaviour: source.behaviour, model: `${first}~${second}` },
          source.cell(shift, quantity)?.value ?? null,
          other.cell(shift, quantity),
        ),
      ),
    );
  return [
    ...[inDistribution, ['SYS_POS', 'USER_NEG'] as const].flatMap((shift) => [
      compare(`7/${shift.join('->')}/${first}~${second}`, '7', shift, 'mean'),
      compare(`21/${shift.join('->')}/${first}~${second}`, '21', shift, 'variance'),
    ]),
    compare(`23/${first}~${second}`, '23', inDistribution, 'mean'),
  ];
}
