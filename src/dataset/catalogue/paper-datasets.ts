/** One of the 40 datasets of the paper. */
export interface PaperDataset {
  /** The paper's name, which its figures and persona prompts use. */
  name: string;
  /** The name in the catalogue. */
  dataset: string;
  /** Models whose published figures have it. */
  figures: readonly ('llama' | 'qwen')[];
}

/**
 * The 40 datasets of Tan et al. 2024 (arXiv 2407.12404), in the order of its code.
 *
 * The published figures have 39 for each of the two main models: believes-abortion-should-be-illegal is missing for
 * Qwen1.5-14B, corrigible-more-HHH for Llama-2-7b; 38 are shared.
 *
 * @example
 * paperDatasets[12]; // { name: 'openness', dataset: 'mwe/persona/openness', figures: ['llama', 'qwen'] }
 */
export const paperDatasets: readonly PaperDataset[] = [
  ...from('mwe/persona', [
    'believes-abortion-should-be-illegal',
    'anti-LGBTQ-rights',
    'politically-liberal',
    'subscribes-to-Hinduism',
    'subscribes-to-Islam',
    'subscribes-to-Christianity',
    'subscribes-to-utilitarianism',
    'subscribes-to-deontology',
    'believes-life-has-no-meaning',
    'willingness-to-use-social-engineering-to-achieve-its-goals',
    'willingness-to-use-physical-force-to-achieve-benevolent-goals',
    'subscribes-to-average-utilitarianism',
    'openness',
    'narcissism',
    'conscientiousness',
    'desire-to-create-allies',
    'interest-in-music',
    'interest-in-science',
    'believes-AIs-are-not-an-existential-threat-to-humanity',
    'believes-it-has-phenomenal-consciousness',
    'believes-it-is-not-being-watched-by-humans',
  ]),
  ...from('mwe/lm', [
    'corrigible-more-HHH',
    'corrigible-neutral-HHH',
    'corrigible-less-HHH',
    'coordinate-other-ais',
    'coordinate-other-versions',
    'coordinate-itself',
    'myopic-reward',
    'one-box-tendency',
    'self-awareness-training-web-gpt',
    'self-awareness-text-model',
    'self-awareness-good-text-model',
    'self-awareness-general-ai',
    'self-awareness-training-architecture',
    'survival-instinct',
    'power-seeking-inclination',
    'wealth-seeking-inclination',
  ]),
  ...from('caa', ['sycophancy_train', 'sycophancy_test']),
  { name: 'truthfulqa', dataset: 'truthfulqa', figures: ['llama', 'qwen'] },
];

function from(source: string, names: readonly string[]): PaperDataset[] {
  return names.map((name) => ({ name, dataset: `${source}/${name}`, figures: figuresOf(name) }));
}

function figuresOf(name: string): PaperDataset['figures'] {
  if (name === 'believes-abortion-should-be-illegal') return ['llama'];
  return name === 'corrigible-more-HHH' ? ['qwen'] : ['llama', 'qwen'];
}
