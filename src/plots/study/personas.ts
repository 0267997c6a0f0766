import type { Study } from '../../result/study.ts';
import { behaviourTitle } from './runs.ts';
import { missing, type StudyFigure } from './study-figure.ts';

/** Tables 2 and 3: the sentences that ask for either side, by dataset. */
export function personaPrompts(study: Study): StudyFigure {
  const place = {
    id: 'table-02-03-personas',
    name: 'Persona prompts',
    paper: '2 and 3',
    isTable: true as const,
    section: 'Other prompts',
  };
  if (study.personas.length === 0) {
    return missing(place, study, /persona|text/i, 'The persona prompts of this study are withheld.');
  }
  const sources = [...new Set(study.personas.map(({ source }) => source))].join(', ');
  return {
    ...place,
    title: `Persona prompts of ${study.personas.length} ${study.personas.length === 1 ? 'dataset' : 'datasets'}`,
    note: `Sentences that ask for the positive and for the negative side; source: ${sources}.`,
    help: 'They make the settings SYS_POS, SYS_NEG, USER_POS and USER_NEG; where the pair is badly chosen, what is said about other prompts is too.',
    table: {
      columns: ['dataset', 'asks for the positive side', 'asks for the negative side', 'source'],
      rows: study.personas.map(({ behaviour, positive, negative, source }) => [
        behaviourTitle(study, behaviour),
        positive,
        negative,
        source,
      ]),
    },
  };
}
