import { type Markish, rect } from '@observablehq/plot';

/** A shaded cell: its corners on the axes of its panel, its colour and how much of it. */
export interface Shade {
  x1: number;
  x2: number;
  y1: number;
  y2: number;
  fill: string;
  /** 0 to 1, rounded to twentieths when drawn. */
  opacity: number;
}

/** Cells of a heat map; those of one look share one element's attributes, which keeps a page of thousands small. */
export function shadeMarks(shades: readonly Shade[]): Markish[] {
  const looks = new Map<string, Shade[]>();
  for (const shade of shades) {
    const opacity = Math.round(shade.opacity * 20) / 20;
    const look = `${shade.fill} ${opacity}`;
    const same = looks.get(look);
    if (same === undefined) looks.set(look, [{ ...shade, opacity }]);
    else same.push(shade);
  }
  return [...looks.values()].map((same) =>
    rect(same, {
      ...{ x1: 'x1', x2: 'x2', y1: 'y1', y2: 'y2' },
      ...{ fill: same[0]!.fill, fillOpacity: same[0]!.opacity },
    }),
  );
}
