import { inDistribution, pointOf, type Relation, relation, shifts } from './relations.ts';
import type { Quantity, Source } from './sources.ts';

/** This study beside the paper, for a model whose values were published: one relation a quantity. */
export function publishedRelations(
  model: string,
  own: readonly Source[],
  published: readonly Source[],
): Relation[] {
  const quantities: Quantity[] = ['mean', 'variance'];
  return [inDistribution, ...shifts].flatMap((shift) =>
    quantities.map((quantity) => {
      const name = `${quantity} ${shift.join('->')}`;
      return relation(
        { id: `published/${name}/${model}`, figure: 'ours', x: `published: ${name}`, y: `here: ${name}` },
        own.flatMap((source) => {
          const other = published.find(({ behaviour }) => behaviour === source.behaviour);
          return other === undefined
            ? []
            : [pointOf(source, other.cell(shift, quantity)?.value ?? null, source.cell(shift, quantity))];
        }),
      );
    }),
  );
}
