import { layerProfile } from '../../plots/layer-profile.ts';
import type { Result } from '../../result/schema.ts';
import { figureGroup } from '../figure-group.ts';
import type { Html } from '../html.ts';

/** Which layer, and how firmly it is chosen. */
export function layersSection(result: Result): Html | null {
  return figureGroup(result, { id: 'layers', heading: 'Which layer', figures: [layerProfile] });
}
