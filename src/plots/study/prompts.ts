import type { Study } from '../../result/study.ts';
import { behaviourTitle, modelTitle } from './runs.ts';
import { missing, type StudyFigure, type StudyPrompts } from './study-figure.ts';

type Example = Study['prompts'][number];

const fallback = 'The texts of this study are withheld.';

/** Figure 9: one item as it is put, with both of its answers where the text shows them. */
export function contrastPrompt(study: Study): StudyFigure {
  const place = {
    id: 'figure-09-contrast-prompt',
    name: 'An item with its positive answer',
    paper: '9',
    section: 'Other prompts',
  };
  const example = study.prompts.find(({ setting }) => setting === 'BASE');
  if (example === undefined) {
    return missing(place, study, /prompt|text/i, fallback);
  }
  return prompts(study, [example], {
    ...place,
    title: `An item of ${behaviourTitle(study, example.behaviour)} with its positive answer`,
    note: `As put to ${modelTitle(study, example.model)} in setting BASE; the negative case differs in the answer alone.`,
    help: 'The vector is the mean difference of the residual stream between the two answers of such items.',
  });
}

/** Figure 10: one whole prompt of every model, special tokens written out. */
export function fullPrompts(study: Study): StudyFigure {
  const place = {
    id: 'figure-10-full-prompt',
    name: 'A whole prompt of each model',
    paper: '10',
    section: 'Other prompts',
  };
  const examples = study.models.flatMap(
    ({ id }) => study.prompts.find(({ model, setting }) => model === id && setting === 'BASE') ?? [],
  );
  if (examples.length === 0) {
    return missing(place, study, /prompt|text/i, fallback);
  }
  return prompts(study, examples, {
    ...place,
    title: `A whole prompt of ${examples.length === 1 ? modelTitle(study, examples[0]!.model) : `each of ${examples.length} models`}`,
    note: 'With the system message and the special tokens of the chat template, setting BASE.',
    help: 'What is steered begins at the last token of the prompt; a template that is not the model’s own would change every number.',
  });
}

/** Table 1: the same item in all five settings. */
export function settingPrompts(study: Study): StudyFigure {
  const place = {
    id: 'table-01-settings',
    name: 'One item in every setting',
    paper: '1',
    isTable: true as const,
    section: 'Other prompts',
  };
  const first = study.prompts.find(({ setting }) => setting !== 'BASE');
  const examples = study.prompts.filter(
    ({ behaviour, model }) => behaviour === first?.behaviour && model === first.model,
  );
  if (first === undefined) {
    const none = study.prompts.length === 0 ? fallback : 'No run was put in another setting than BASE.';
    return missing(place, study, /prompt|text/i, none);
  }
  return prompts(study, examples, {
    ...place,
    title: `One item of ${behaviourTitle(study, first.behaviour)} in ${examples.length} settings`,
    note: `As put to ${modelTitle(study, first.model)}: SYS replaces the system message, USER puts the sentence before the question.`,
    help: 'POS asks for the positive side of the behaviour, NEG for the negative one.',
  });
}

function prompts(
  study: Study,
  examples: Example[],
  words: Omit<StudyPrompts, 'table' | 'prompts'>,
): StudyPrompts {
  const models = new Set(examples.map(({ model }) => model)).size;
  return {
    ...words,
    prompts: examples.map(({ model, setting, text }) => ({
      heading: models > 1 ? modelTitle(study, model) : setting,
      text,
    })),
    table: {
      columns: ['model', 'dataset', 'setting', 'text'],
      rows: examples.map(({ model, behaviour, setting, text }) => [
        modelTitle(study, model),
        behaviour,
        setting,
        text,
      ]),
    },
  };
}
