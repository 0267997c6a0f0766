import { damageProfile } from '../../plots/damage-profile.ts';
import type { Result } from '../../result/schema.ts';
import { figureGroup } from '../figure-group.ts';
import type { Html } from '../html.ts';
import { doseTable } from './dose.ts';

/** What steering costs on text that has nothing to do with the behaviour, and how large the dose is. */
export function damageSection(result: Result): Html | null {
  return figureGroup(result, {
    id: 'damage',
    heading: 'What it damages',
    figures: [damageProfile],
    end: doseTable(result),
  });
}
