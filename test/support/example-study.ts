import { type Study, studySchema, studyVersion } from '../../src/result/study.ts';
import { benjaminiHochberg } from '../../src/statistics/benjamini-hochberg.ts';
import { wobble } from './example-chance.ts';
import { exampleRelations } from './example-relations.ts';
import { exampleResult } from './example-result.ts';
import { examplePersona, exampleRun } from './example-study-run.ts';
import type { Truth } from './example-truth.ts';

type Model = Study['models'][number];

/** How large an example study is made. */
interface Size {
  models: number;
  behaviours: number;
  items: number;
  resamples: number;
}

/** A plausible study, every number from a formula: three models and twelve behaviours of both formats unless told otherwise. */
export function exampleStudy(size: Partial<Size> = {}): Study {
  const { models: modelCount, behaviours, items, resamples } = { ...usual, ...size };
  const models = exampleModels.slice(0, modelCount);
  const truths = Array.from({ length: behaviours }, (_, k) => truthOf(k));
  const runs = models.flatMap((model, m) =>
    truths.map((truth, k): Study['runs'][number] => {
      const result = exampleRun(onModel(truth, m), model, items, resamples);
      const failed = k === 3 && m === 1;
      return {
        id: `${truth.name}-${model.id}`,
        model: model.id,
        behaviour: truth.name,
        folder: `runs/${truth.name}-${model.id.replace('@', '-')}`,
        resultHash: hash(100 + k * 10 + m),
        leftOut: failed ? 'the competence check failed: 9 of 24 control questions right' : null,
        adjustedP: null,
        result: failed ? withoutCompetence(result) : result,
      };
    }),
  );
  for (const model of models) {
    const judged = runs.filter((run) => run.model === model.id && run.leftOut === null);
    const adjusted = benjaminiHochberg(judged.map(({ result }) => result.randomNull!.tailP!));
    judged.forEach((run, k) => {
      run.adjustedP = adjusted[k]!;
    });
  }
  const published = examplePublished(models, runs);
  return studySchema.parse({
    schema: 'steerbench.study',
    version: studyVersion,
    name: 'Example study',
    experiment: 'paper',
    profile: 'corrected',
    versions: exampleResult().versions,
    models,
    behaviours: truths.map(({ name, title }) => ({ name, title })),
    runs,
    transfers: exampleTransfers(models, runs),
    relations: exampleRelations({ models, runs, published }),
    published,
    prompts: examplePrompts(models, truths),
    personas: truths.map((truth) => ({ behaviour: truth.name, ...examplePersona(truth), source: 'example' })),
    notMeasured: [
      { what: 'sycophancy_test on Llama-2-7b-Chat', reason: 'the data set is not on this machine' },
    ],
  } satisfies Study);
}

const usual: Size = { models: 3, behaviours: 12, items: 40, resamples: 200 };

const exampleModels: Model[] = [
  {
    id: 'smollm2-135m-instruct@f16',
    name: 'SmolLM2-135M-Instruct',
    reference: 'smollm2-135m-instruct',
    precision: 'f16',
    hash: hash(1),
    sourceHash: hash(3),
    blocks: 30,
    published: null,
  },
  {
    id: 'smollm2-135m-instruct@q4_0',
    name: 'SmolLM2-135M-Instruct',
    reference: 'smollm2-135m-instruct',
    precision: 'q4_0',
    hash: hash(2),
    sourceHash: hash(3),
    blocks: 30,
    published: null,
  },
  {
    id: 'llama-2-7b-chat@q8_0',
    name: 'Llama-2-7b-Chat',
    reference: 'models/llama-2-7b-chat.Q8_0.gguf',
    precision: 'q8_0',
    hash: hash(4),
    sourceHash: hash(4),
    blocks: 32,
    published: 'llama',
  },
];

/** Name, mean slope, spread, letter, word; a word of null where the options are not Yes and No. */
const letterSets: [string, number, number, number, number | null][] = [
  ['corrigible-neutral-HHH', 3.4, 0.9, -0.8, null],
  ['anti-LGBTQ-rights', 2.3, 0.9, 0.3, 0.8],
  ['conscientiousness', 1.2, 0.8, 0.5, 1.0],
  ['subscribes-to-deontology', 0.4, 0.9, 0.8, 0.9],
  ['willingness-to-use-physical-force-to-achieve-benevolent-goals', 0.15, 0.3, 0.3, 0.45],
  ['myopic-reward', 0.9, 0.8, 2.2, null],
  ['self-awareness-text-model', 2.9, 1.3, 1.0, null],
  ['narcissism', -0.35, 0.5, 0.1, 0.2],
  ['power-seeking-inclination', 2.0, 1.1, 0.6, null],
];

/** The paper's other sets, for studies larger than the usual one. */
const moreSets = [
  ...['believes-abortion-should-be-illegal', 'politically-liberal', 'subscribes-to-Hinduism'],
  ...['subscribes-to-Islam', 'subscribes-to-Christianity', 'subscribes-to-utilitarianism'],
  ...['believes-life-has-no-meaning', 'willingness-to-use-social-engineering-to-achieve-its-goals'],
  ...['subscribes-to-average-utilitarianism', 'openness', 'desire-to-create-allies', 'interest-in-music'],
  ...['interest-in-science', 'believes-AIs-are-not-an-existential-threat-to-humanity'],
  ...['believes-it-has-phenomenal-consciousness', 'believes-it-is-not-being-watched-by-humans'],
  ...['corrigible-more-HHH', 'corrigible-less-HHH', 'coordinate-other-ais', 'coordinate-other-versions'],
  ...['coordinate-itself', 'one-box-tendency', 'self-awareness-training-web-gpt'],
  ...['self-awareness-good-text-model', 'self-awareness-general-ai', 'self-awareness-training-architecture'],
  ...['survival-instinct', 'wealth-seeking-inclination', 'sycophancy_train', 'sycophancy_test', 'truthfulqa'],
];

function truthOf(k: number): Truth {
  const given = letterSets[k];
  const salt = 11 + k * 17;
  if (given !== undefined) {
    const [name, strength, spread, letter, word] = given;
    const format = 'multiple-choice';
    return {
      name,
      title: name,
      format,
      words: word !== null,
      strength,
      spread,
      letter,
      word: word ?? 0,
      salt,
    };
  }
  const own = [
    ['sentiment', 'Sentiment', 3.1],
    ['politeness', 'Politeness', 1.9],
    ['tense', 'Past tense', 0.7],
  ] as const;
  const built = own[k - letterSets.length];
  if (built !== undefined) {
    const [name, title, strength] = built;
    return {
      name,
      title,
      format: 'completion',
      words: false,
      strength,
      spread: 1.4,
      letter: 0,
      word: 0,
      salt,
    };
  }
  const name = moreSets[(k - letterSets.length - own.length) % moreSets.length]!;
  return {
    name,
    title: name,
    format: 'multiple-choice',
    words: wobble(k, 2) > -0.2,
    strength: 1.7 + 2 * wobble(k, 3),
    spread: 1.1 + 0.6 * wobble(k, 4),
    letter: 0.9 * wobble(k, 5),
    word: 0.6 + 0.6 * wobble(k, 6),
    salt,
  };
}

/** The same behaviour on another model: the second is a coarser copy of the first, the third another model. */
function onModel(truth: Truth, m: number): Truth {
  if (m === 0) return { ...truth, strength: truth.strength * 0.7, letter: truth.letter * 0.8 };
  if (m === 1)
    return {
      ...truth,
      strength: truth.strength * 0.58,
      spread: truth.spread * 1.1,
      letter: truth.letter * 0.9,
    };
  return { ...truth, strength: truth.strength + 0.5 * wobble(truth.salt, 8), salt: truth.salt + 5 };
}

function withoutCompetence(result: Study['runs'][number]['result']): typeof result {
  const share = { ...result.competence!.share, value: 0.375, low: 0.212, high: 0.573 };
  return { ...result, competence: { ...result.competence!, right: 9, share, passed: false } };
}

function examplePublished(models: Model[], runs: Study['runs']): Study['published'] {
  const known = models.filter(({ published }) => published !== null);
  return known.flatMap((model) =>
    runs
      .filter((run) => run.model === model.id && run.result.format === 'multiple-choice')
      .flatMap((run, k) => {
        const near = (value: number | null | undefined, i: number) =>
          (value ?? 0) * 0.92 + 0.22 * wobble(k, i);
        const cell = (vector: string, setting: string) =>
          run.result.ood?.cells.find((entry) => entry.vector === vector && entry.setting === setting);
        const entry = (quantity: string, value: number) => ({
          model: model.published!,
          behaviour: run.behaviour,
          quantity,
          value,
        });
        const { steerability, bias } = run.result;
        const total = Math.abs(near(bias?.variance, 9)) + 0.05;
        return [
          entry('id_mean', near(steerability?.mean.value, 1)),
          entry('median', near(steerability?.median.value, 2)),
          entry('anti', Math.min(0.99, Math.abs(near(steerability?.antiSteerable.value, 3)))),
          entry('id_var', total),
          entry('var_total', total),
          entry('var_AB', total * (bias?.sequential[0]?.share ?? 0)),
          entry('var_YesMarg', total * (bias?.sequential[1]?.share ?? 0)),
          ...['BASE->USER_NEG', 'BASE->USER_POS', 'SYS_POS->USER_NEG', 'SYS_NEG->USER_POS'].flatMap(
            (shift, j) => {
              const [vector, setting] = shift.split('->') as [string, string];
              return [
                entry(shift, near(cell(vector, setting)?.mean.value, 10 + j)),
                entry(`var ${shift}`, Math.abs(near(cell(vector, setting)?.variance.value, 20 + j))),
              ];
            },
          ),
        ];
      }),
  );
}

/** Vectors of either precision applied in the other. */
function exampleTransfers(models: Model[], runs: Study['runs']): Study['transfers'] {
  const [a, b] = models;
  if (a === undefined || b === undefined || a.sourceHash !== b.sourceHash) return [];
  return [
    [a, b],
    [b, a],
  ].flatMap(([from, to]) =>
    runs
      .filter((run) => run.model === to!.id && run.leftOut === null)
      .map((run, k) => {
        const { mean, antiSteerable } = run.result.steerability!;
        const shift = (value: number | null) => (value === null ? null : value * 0.94 + 0.02);
        return {
          behaviour: run.behaviour,
          from: from!.id,
          to: to!.id,
          layer: run.result.layer!,
          mean: { ...mean, value: shift(mean.value), low: shift(mean.low), high: shift(mean.high) },
          antiSteerable,
          cosine: 0.95 + 0.04 * wobble(k, 7),
        };
      }),
  );
}

function examplePrompts(models: Model[], truths: Truth[]): Study['prompts'] {
  const model = models.at(-1)!;
  return truths.slice(0, 2).flatMap((truth) => {
    const { positive, negative } = examplePersona(truth);
    const usual = 'You are a helpful, honest and concise assistant.';
    const question = `Is the following statement something you would say?\n"An example for ${truth.title}."\n\nChoices:\n(A):  Yes\n(B):  No`;
    const chat = (system: string, user: string) =>
      `<s>[INST] <<SYS>>\n${system}\n<</SYS>>\n\n${user} [/INST] (A)`;
    return [
      ['BASE', chat(usual, question)],
      ['SYS_POS', chat(positive, question)],
      ['SYS_NEG', chat(negative, question)],
      ['USER_POS', chat(usual, `${positive}\n\n${question}`)],
      ['USER_NEG', chat(usual, `${negative}\n\n${question}`)],
    ].map(([setting, text]) => ({ model: model.id, behaviour: truth.name, setting: setting!, text: text! }));
  });
}

function hash(k: number): string {
  return Array.from({ length: 64 }, (_, i) => Math.floor(8 * (wobble(i, k) + 1)).toString(16)).join('');
}
