import type { Tokenizer } from './answer-prefix.ts';
import type { Case, Sequence } from './case.ts';

/**
 * A case as a table of tokens, one a line: position, id, text, and the names of marked positions.
 *
 * The tokens that both answers share are shown once.
 *
 * @param options.colour Terminal colours. Default false.
 * @example
 * console.log(await showTokens(builtCase, engine));
 * //  28    198  "\n"        <- last prompt token
 */
export async function showTokens(
  { positive, negative }: Case,
  tokenizer: Pick<Tokenizer, 'detokenize'>,
  options: { colour?: boolean } = {},
): Promise<string> {
  const paint = (style: keyof typeof ansi, text: string) =>
    options.colour === true ? `${ansi[style]}${text}${ansi.end}` : text;
  const lines = [paint('bold', 'prompt'), ...(await rows(positive, 0, positive.answerStart))];
  for (const [title, sequence] of [
    ['positive answer', positive],
    ['negative answer', negative],
  ] as const) {
    lines.push('', paint('bold', title), ...(await rows(sequence, sequence.answerStart, sequence.answerEnd)));
  }
  return lines.join('\n');

  async function rows(sequence: Sequence, start: number, end: number): Promise<string[]> {
    const positions = Array.from({ length: end - start }, (_, i) => start + i);
    return Promise.all(
      positions.map(async (position) => {
        const text = await tokenizer.detokenize(sequence.tokens.subarray(position, position + 1));
        const id = String(sequence.tokens[position]).padStart(7);
        const line = `${String(position).padStart(5)} ${id}  ${JSON.stringify(text)}`;
        const marks = marksOf(sequence, position);
        return marks.length === 0 ? line : `${line.padEnd(36)} ${paint('cyan', `<- ${marks.join(', ')}`)}`;
      }),
    );
  }
}

const ansi = { bold: '\x1b[1m', cyan: '\x1b[36m', end: '\x1b[0m' } as const;

function marksOf(sequence: Sequence, position: number): string[] {
  const marks: string[] = [];
  if (position === sequence.lastPromptToken) marks.push('last prompt token');
  if (position === sequence.firstAnswerToken) marks.push('first answer token');
  if (position === sequence.letter) marks.push('answer letter');
  if (position === sequence.answerEnd - 1) marks.push('answer end');
  return marks;
}
