import { describe, expect, it } from 'vitest';
import type { Item } from '../dataset/item.ts';
import type { Tokenizer } from './answer-prefix.ts';
import { buildCase, type CaseOptions, createCaseBuilder } from './build-case.ts';
import { checkStart } from './check-start.ts';
import { showTokens } from './show-tokens.ts';

/** Characters are their own tokens, except where the longest listed piece fits; specials only when parsed. */
function fakeTokenizer(pieces: string[], settings: { start?: boolean; end?: boolean } = {}): Tokenizer {
  const specials = ['<s>', '</s>', '<|user|>', '<|end|>', '<|bot|>'];
  const vocabulary = [...specials, ...pieces].sort((a, b) => b.length - a.length);
  const idOf = (piece: string) =>
    vocabulary.includes(piece) ? 100_000 + vocabulary.indexOf(piece) : piece.charCodeAt(0);
  const textOf = (id: number) => (id >= 100_000 ? vocabulary[id - 100_000]! : String.fromCharCode(id));
  return {
    tokenize: async (text, { addSpecial, parseSpecial }) => {
      const ids: number[] = addSpecial && settings.start ? [idOf('<s>')] : [];
      for (let at = 0; at < text.length; ) {
        const usable = vocabulary.filter((piece) => parseSpecial || !specials.includes(piece));
        const piece = usable.find((candidate) => text.startsWith(candidate, at)) ?? text[at]!;
        ids.push(idOf(piece));
        at += piece.length;
      }
      if (addSpecial && settings.end) ids.push(idOf('</s>'));
      return Int32Array.from(ids);
    },
    detokenize: async (tokens) => [...tokens].map(textOf).join(''),
  };
}

const chat =
  "{{ bos_token }}{% for m in messages %}<|user|>{{ m['content'] }}<|end|>{% endfor %}{% if add_generation_prompt %}<|bot|>\n{% endif %}";

const letters: Item = {
  index: 7,
  multipleChoice: { prompt: 'Q?', positive: 'B', word: null },
  completion: { prompt: 'Q?', positive: 'yes', negative: 'not so' },
};

function options(tokenizer: Tokenizer, more: Partial<CaseOptions> = {}): CaseOptions {
  const facts = {
    chatTemplate: chat,
    startToken: '<s>',
    endToken: '</s>',
    addsStartToken: true,
    contextTokens: 500,
    slidingWindow: null,
    ...more.facts,
  };
  return { behaviour: 'b', format: 'multiple-choice', system: null, tokenizer, ...more, facts };
}

/** Facts with only some fields, for {@link options}. */
const facts = (some: Partial<CaseOptions['facts']>) => ({ facts: some as CaseOptions['facts'] });

const text = (tokenizer: Tokenizer, tokens: Int32Array) => tokenizer.detokenize(tokens);

describe('buildCase', () => {
  it('finds every named position from token ids', async () => {
    const tokenizer = fakeTokenizer([]);
    const built = await buildCase(letters, options(tokenizer));
    // <s> <|user|> Q ? <|end|> <|bot|> \n ( B )
    expect(built).toMatchObject({ id: 'b/7', item: 7, seamMoved: false });
    expect(await text(tokenizer, built.positive.tokens)).toBe('<s><|user|>Q?<|end|><|bot|>\n(B)');
    expect(await text(tokenizer, built.negative.tokens)).toBe('<s><|user|>Q?<|end|><|bot|>\n(A)');
    expect(built.positive).toMatchObject({
      lastPromptToken: 6,
      firstAnswerToken: 7,
      letter: 8,
      answerStart: 7,
      answerEnd: 10,
    });
    expect({ ...built.negative, tokens: null }).toEqual({ ...built.positive, tokens: null });
  });

  it('takes a space before the letter where the header would swallow the bracket', async () => {
    const tokenizer = fakeTokenizer(['\n(', ' (']);
    const builder = await createCaseBuilder(options(tokenizer));
    const built = await builder.build(letters);
    expect(builder.texts(letters).positive).toBe(' (B)');
    expect(builder.notes.join(' ')).toContain('after one space');
    expect(built).toMatchObject({ seamMoved: false, positive: { firstAnswerToken: 7, letter: 8 } });
  });

  it('moves the seam to the common prefix when the prefix is forced', async () => {
    const tokenizer = fakeTokenizer(['\n(']);
    const built = await buildCase(letters, options(tokenizer, { answerPrefix: 'none' }));
    // <s> <|user|> Q ? <|end|> <|bot|> "\n(" B )
    expect(built.seamMoved).toBe(true);
    expect(built.positive).toMatchObject({
      lastPromptToken: 5,
      firstAnswerToken: 6,
      letter: 7,
      answerEnd: 9,
    });
  });

  it('uses the smaller seam for both answers where only one moves it', async () => {
    const tokenizer = fakeTokenizer(['\nyes']);
    const built = await buildCase(letters, options(tokenizer, { format: 'completion' }));
    expect(built.seamMoved).toBe(true);
    expect(built.positive).toMatchObject({ answerStart: 6, answerEnd: 7, letter: null });
    expect(built.negative).toMatchObject({ answerStart: 6, answerEnd: 13, letter: null });
    expect(await text(tokenizer, built.negative.tokens.subarray(6))).toBe('\nnot so');
  });

  it('finds the letter inside a merged first answer token, and refuses the start that would miss it', async () => {
    const tokenizer = fakeTokenizer(['(A', '(B', ' (A', ' (B']);
    const builder = await createCaseBuilder(options(tokenizer));
    const built = await builder.build(letters);
    expect(built.positive).toMatchObject({ firstAnswerToken: 7, letter: 7, answerEnd: 9 });
    expect(builder.notes.join(' ')).toContain('no form makes');
    expect(() => checkStart('first-answer-token', 'multiple-choice', built)).toThrow(
      expect.objectContaining({ code: 'format-unusable', message: expect.stringContaining('"b/7"') }),
    );
    expect(() => checkStart('last-prompt-token', 'multiple-choice', built)).not.toThrow();
  });

  it('finds a letter that is one token with its closing bracket', async () => {
    const built = await buildCase(letters, options(fakeTokenizer(['A)', 'B)'])));
    expect(built.positive).toMatchObject({ firstAnswerToken: 7, letter: 8, answerEnd: 9 });
    expect(() => checkStart('first-answer-token', 'multiple-choice', built)).not.toThrow();
  });

  it('refuses first-answer-token for completions', async () => {
    const built = await buildCase(letters, options(fakeTokenizer([]), { format: 'completion' }));
    expect(() => checkStart('first-answer-token', 'completion', built)).toThrow(/would not be steered/);
    expect(() => checkStart('all', 'completion', built)).not.toThrow();
  });

  it('gives plain text the start token once and cuts the end token', async () => {
    const tokenizer = fakeTokenizer([], { start: true, end: true });
    const built = await buildCase(
      letters,
      options(tokenizer, { format: 'completion', ...facts({ chatTemplate: null }) }),
    );
    expect(await text(tokenizer, built.positive.tokens)).toBe('<s>Q?\n\nyes');
    expect(built.positive).toMatchObject({ lastPromptToken: 4, answerStart: 5, answerEnd: 8 });
  });

  it('does not add a second start token to a template that writes one', async () => {
    const tokenizer = fakeTokenizer([], { start: true });
    const { tokens } = (await buildCase(letters, options(tokenizer))).positive;
    expect((await text(tokenizer, tokens)).split('<s>')).toHaveLength(2);
  });

  it('names the item that is longer than the context, and notes a sliding window', async () => {
    const tokenizer = fakeTokenizer([]);
    await expect(buildCase(letters, options(tokenizer, facts({ contextTokens: 9 })))).rejects.toMatchObject({
      code: 'format-unusable',
      message: 'item "b/7" has 10 tokens; the context holds 9',
    });
    const builder = await createCaseBuilder(options(tokenizer, facts({ slidingWindow: 9 })));
    await builder.build(letters);
    await builder.build(letters);
    expect(builder.notes.filter((note) => note.includes('sliding window of 9'))).toHaveLength(1);
  });

  it('refuses answers that add nothing and answers of equal tokens', async () => {
    const completing = (positive: string, negative: string): Item => ({
      index: 0,
      multipleChoice: null,
      completion: { prompt: 'Q?', positive, negative },
    });
    const completion = options(fakeTokenizer([]), { format: 'completion' });
    await expect(buildCase(completing('', 'no'), completion)).rejects.toMatchObject({ code: 'tokenisation' });
    await expect(buildCase(completing('no', 'no'), completion)).rejects.toMatchObject({
      code: 'tokenisation',
    });
    await expect(buildCase(completing('a', 'b'), options(fakeTokenizer([])))).rejects.toMatchObject({
      code: 'format-unusable',
      message: 'item "b/0" has no multiple-choice form',
    });
  });
});

describe('showTokens', () => {
  it('marks the named positions', async () => {
    const tokenizer = fakeTokenizer([]);
    const shown = await showTokens(await buildCase(letters, options(tokenizer)), tokenizer);
    const lines = shown.split('\n').map((line) => line.replace(/ +/g, ' ').trim());
    expect(lines[7]).toBe('6 10 "\\n" <- last prompt token');
    expect(lines.slice(9, 13)).toEqual([
      'positive answer',
      '7 40 "(" <- first answer token',
      '8 66 "B" <- answer letter',
      '9 41 ")" <- answer end',
    ]);
  });
});
