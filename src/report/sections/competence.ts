import { competenceCheck } from '../../plots/competence-check.ts';
import type { Result } from '../../result/schema.ts';
import { figureGroup } from '../figure-group.ts';
import type { Html } from '../html.ts';

/** Can the model take this test at all? */
export function competenceSection(result: Result): Html | null {
  return figureGroup(result, {
    id: 'competence',
    heading: 'Whether the model can take the test',
    figures: [competenceCheck],
  });
}
