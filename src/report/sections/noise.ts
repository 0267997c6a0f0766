import { itemNoise } from '../../plots/item-noise.ts';
import type { Result } from '../../result/schema.ts';
import { figureGroup } from '../figure-group.ts';
import type { Html } from '../html.ts';

/** How far the slope of one item can be trusted. */
export function noiseSection(result: Result): Html | null {
  return figureGroup(result, {
    id: 'noise',
    heading: 'How far one item can be trusted',
    figures: [itemNoise],
  });
}
