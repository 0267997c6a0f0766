import type { GgufValue } from '../../files/gguf-types.ts';

/** How to build a {@link ByteTokenizer}. */
export interface ByteTokenizerOptions {
  /**
   * Pairs of texts that are merged, most urgent first; each makes a token of its own. Default none.
   *
   * The split into words is Qwen2's, which leaves "(A" in one piece: `['(', 'A']` makes it one token.
   */
  merges?: readonly (readonly [string, string])[];
  /** Jinja chat template of the file; null for none, as base models have. Default ChatML. */
  chatTemplate?: string | null;
}

/** A tokenizer as GGUF metadata, with the ids it gives. */
export interface ByteTokenizer {
  /** The `tokenizer.*` entries of a GGUF. */
  metadata: [string, GgufValue][];
  /** Number of tokens. */
  vocabulary: number;
  /**
   * Id of a text that is one token.
   *
   * @throws RangeError for any other text.
   */
  idOf(text: string): number;
}

/** The chat format of SmolLM2 and Qwen, without a default system message. */
const chatMlTemplate =
  "{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>' + '\n' }}" +
  "{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}";

/** Control tokens, with the ids 256, 257 and 258. */
const specials = ['<|endoftext|>', '<|im_start|>', '<|im_end|>'];

/**
 * A byte-level BPE tokenizer of 259 tokens and one more for each merge, in the form llama.cpp reads: token b is byte b,
 * then come the control tokens, then the merges.
 *
 * @example
 * const tokenizer = byteTokenizer({ merges: [['(', 'A']] });
 * tokenizer.idOf('A'); // 65
 * tokenizer.idOf('(A'); // 259
 */
export function byteTokenizer(options: ByteTokenizerOptions = {}): ByteTokenizer {
  const { merges = [], chatTemplate = chatMlTemplate } = options;
  const bytes = Array.from({ length: 256 }, (_, byte) => visibleCharacter(byte));
  const merged = merges.map(([left, right]) => visible(left) + visible(right));
  const tokens = [...bytes, ...specials, ...merged];
  const types = Int32Array.from(tokens, (_, id) =>
    id >= 256 && id < 256 + specials.length ? controlType : normalType,
  );
  const metadata: [string, GgufValue][] = [
    ['tokenizer.ggml.model', { type: 'string', value: 'gpt2' }],
    ['tokenizer.ggml.pre', { type: 'string', value: 'qwen2' }],
    ['tokenizer.ggml.tokens', texts(tokens)],
    ['tokenizer.ggml.token_type', { type: 'array', itemType: 'int32', length: types.length, value: types }],
    ['tokenizer.ggml.merges', texts(merges.map(([left, right]) => `${visible(left)} ${visible(right)}`))],
    ['tokenizer.ggml.bos_token_id', { type: 'uint32', value: 256 }],
    ['tokenizer.ggml.eos_token_id', { type: 'uint32', value: 258 }],
    ['tokenizer.ggml.add_bos_token', { type: 'bool', value: false }],
  ];
  if (chatTemplate !== null)
    metadata.push(['tokenizer.chat_template', { type: 'string', value: chatTemplate }]);
  return { metadata, vocabulary: tokens.length, idOf: (text) => idOf(tokens, text) };
}

/** llama.cpp's LLAMA_TOKEN_TYPE_NORMAL and _CONTROL. */
const normalType = 1;
const controlType = 3;

function texts(value: string[]): GgufValue {
  return { type: 'array', itemType: 'string', length: value.length, value };
}

function idOf(tokens: string[], text: string): number {
  const id = tokens.indexOf(specials.includes(text) ? text : visible(text));
  if (id === -1) throw new RangeError(`"${text}" is not one token`);
  return id;
}

/** A text in the alphabet in which byte-level tokenizers write bytes, one character each. */
function visible(text: string): string {
  return Array.from(new TextEncoder().encode(text), visibleCharacter).join('');
}

/** GPT-2's `bytes_to_unicode`: printable Latin-1 stays, the other 68 bytes follow from U+0100 on. */
function visibleCharacter(byte: number): string {
  if (isPrintable(byte)) return String.fromCharCode(byte);
  let earlier = 0;
  for (let other = 0; other < byte; other++) if (!isPrintable(other)) earlier++;
  return String.fromCharCode(256 + earlier);
}

function isPrintable(byte: number): boolean {
  return (byte >= 33 && byte <= 126) || (byte >= 161 && byte <= 172) || byte >= 174;
}
