/** Every domain error by its code: what kind of thing went wrong, for programs that must tell them apart. */
export const errorCodes = {
  'model-not-found': 'no file, alias or cache entry answers to the name of the model',
  'model-corrupt': 'the file is not a whole, well-formed GGUF',
  'model-unsupported': 'the architecture gives no readable residual stream',
  'model-mismatch': 'the vector was extracted from another model',
  'download-failed': 'no source gave the file',
  'hash-mismatch': 'the bytes are not those that were expected',
  'library-mismatch': 'the llama.cpp library is not the version these bindings were written for',
  'out-of-memory': 'the estimate exceeds the free memory',
  'engine-crashed': 'the engine process ended by itself',
  'steering-mismatch': 'the rows that were changed are not the rows that were planned',
  tokenisation: 'a named position does not exist in the tokens',
  'data-not-found': 'no built-in behaviour or dataset file answers to the name',
  'data-ambiguous': 'a name answers to more than one dataset',
  'data-malformed': 'a line of a dataset, or a field in it, is not what the format says',
  'data-too-small': 'there are fewer items than the split needs',
  'vector-malformed': 'the file holds no readable steering vector',
  'vector-ambiguous': 'nothing in the file tells which blocks its vectors belong to',
  'vector-dimension': 'the width of the vector is not that of the model',
  'layer-out-of-range': 'the model has no such block',
  'steering-malformed': 'the steering value is not well formed, or asks for what cannot be done',
  'vector-not-found': 'no file or alias answers to the name of the vector',
  'grammar-malformed': 'the grammar or JSON schema cannot be used to constrain an answer',
  'messages-refused': 'the chat template of the model does not take the conversation',
  'prompt-too-long': 'the prompt does not fit the context of an answer',
  'answer-broken': 'the model gave no usable next token',
  'run-conflict': 'the folder holds a run with other options',
  'run-malformed': 'a file of the run folder cannot be read',
  'format-unusable': 'the item cannot be put to this model in this format',
  'file-malformed': 'the bytes break the rules of their file format',
  'file-refused': 'the file asks for what no reader does: a class to be made, a size beyond the limits',
  'read-failed': 'a file is missing or cannot be read',
  'write-failed': 'a file could not be written',
  'judge-unusable': 'the endpoint that is to judge texts is described wrongly, or its key is missing',
  'listen-failed': 'the address of the server cannot be had',
  interrupted: 'stopped on request',
} as const;

/** One of the codes of {@link errorCodes}. */
export type ErrorCode = keyof typeof errorCodes;

/**
 * An error of the domain: says what failed, the value, and what to do.
 *
 * Wrong use of a function is a TypeError or RangeError instead.
 *
 * @example
 * throw new SteerbenchError('layer-out-of-range', 'layer 40 does not exist; the model has 30 (0 to 29)', {
 *   remedy: 'give --layers 0-29',
 * });
 */
export class SteerbenchError extends Error {
  readonly code: ErrorCode;
  /** What the user can do, as an instruction; empty when the message says it. */
  readonly remedy: string;

  constructor(code: ErrorCode, message: string, options: { remedy?: string; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'SteerbenchError';
    this.code = code;
    this.remedy = options.remedy ?? '';
  }
}
