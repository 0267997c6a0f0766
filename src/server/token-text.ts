import type { ScoredToken, TokenLogprob } from '../engine/streams/stream-request.ts';

const lossy = new TextDecoder('utf-8', { ignoreBOM: true });
const strict = new TextDecoder('utf-8', { ignoreBOM: true, fatal: true });

type Named = Pick<TokenLogprob, 'bytes' | 'name'>;

/** A token as a text; bytes that are no whole character show as U+FFFD, control tokens as they are written. */
function tokenText({ bytes, name }: Named): string {
  return name ?? lossy.decode(bytes);
}

/** The same, but different for different bytes: what is no whole character is written as `bytes:\xe2\x82`. */
function tokenKey({ bytes, name }: Named): string {
  if (name !== null) return name;
  try {
    return strict.decode(bytes);
  } catch {
    return `bytes:${Array.from(bytes, (byte) => `\\x${byte.toString(16).padStart(2, '0')}`).join('')}`;
  }
}

/** Log-probabilities of a piece of a chat answer, in OpenAI's form. */
export function chatLogprobs(tokens: ScoredToken[]) {
  return {
    content: tokens.map(({ top, ...token }) => ({
      ...chatToken(token as TokenLogprob),
      top_logprobs: top.map(chatToken),
    })),
    refusal: null,
  };
}

function chatToken({ bytes, name, logprob }: Pick<TokenLogprob, 'bytes' | 'name' | 'logprob'>) {
  return { token: tokenText({ bytes, name }), logprob, bytes: name === null ? [...bytes] : null };
}

/** Log-probabilities of a piece of text, in the form of OpenAI's older completions. */
export interface CompletionLogprobs {
  tokens: string[];
  token_logprobs: (number | null)[];
  top_logprobs: (Record<string, number> | null)[];
  text_offset: number[];
}

/** Puts log-probabilities in the form of the older completions, piece after piece. */
export class CompletionLogprobsWriter {
  readonly #decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  readonly #top: boolean;
  #offset = 0;

  /** `top`: whether likeliest tokens were asked for. */
  constructor(top: boolean) {
    this.#top = top;
  }

  /** The next tokens; their text offsets go on from those before. */
  piece(tokens: ScoredToken[]): CompletionLogprobs {
    const piece: CompletionLogprobs = { tokens: [], token_logprobs: [], top_logprobs: [], text_offset: [] };
    for (const token of tokens) {
      piece.tokens.push(tokenKey(token));
      piece.token_logprobs.push(token.logprob);
      piece.top_logprobs.push(token.logprob === null || !this.#top ? null : topOf(token, token.logprob));
      piece.text_offset.push(this.#offset);
      this.#offset += this.#decoder.decode(token.bytes, { stream: true }).length;
    }
    return piece;
  }
}

/** The likeliest tokens, and the chosen one where it is not among them. */
function topOf(token: ScoredToken, logprob: number): Record<string, number> {
  const entries = token.top.map((one): [string, number] => [tokenKey(one), one.logprob]);
  if (!token.top.some((one) => one.token === token.token)) entries.push([tokenKey(token), logprob]);
  return Object.fromEntries(entries);
}
