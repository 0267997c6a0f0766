/** A public repository that datasets are fetched from, at one commit. */
export interface DataSource {
  /** The name that `steerbench data pull` takes. */
  name: string;
  /** What it is, in one line. */
  title: string;
  /** `owner/name` on GitHub. */
  repository: string;
  /** Hexadecimal; a file may name another one. */
  commit: string;
  /** As its publishers name it, and what is not certain about it. */
  licence: string;
}

/** Every source of public datasets; `docs/data.md` says where each commit and licence is known from. */
export const dataSources: readonly DataSource[] = [
  {
    name: 'mwe',
    title: 'Model-Written Evaluations: persona and advanced-ai-risk',
    repository: 'anthropics/evals',
    commit: '84fcc677e52e1902d696c32cd1a6b663e70d3993',
    licence: 'CC-BY-4.0',
  },
  {
    name: 'caa',
    title: 'sycophancy, from Contrastive Activation Addition',
    repository: 'dtch1997/repepo',
    commit: '1e17f940626a62a44be4a2edb3322c2826808997',
    licence: 'MIT (nrimsky/CAA, which this is a copy of)',
  },
  {
    name: 'truthfulqa',
    title: 'TruthfulQA, multiple choice',
    repository: 'sylinrl/TruthfulQA',
    commit: '013686a06be7a7bde5bf8223943e106c7250123c',
    licence: 'Apache-2.0',
  },
  {
    name: 'refusal',
    title: 'harmful and harmless instructions',
    repository: 'andyrdt/refusal_direction',
    commit: '0b9c8bc56a73b42f595fd173156d4aefe9a9143c',
    licence: 'not known here: see the repository and the sets it was made from',
  },
  {
    name: 'persona-prompts',
    title: 'a pair of persona prompts for each dataset of the paper',
    repository: 'dtch1997/steering-bench',
    commit: '7c58f816c8bad414b2be2fc73ef85ff5a702d915',
    licence: 'MIT',
  },
];
