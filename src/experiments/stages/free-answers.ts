import type { Case } from '../../prompts/case.ts';
import { type CellWork, cellWork, runCell, type Session } from '../session.ts';
import { cellId } from './measure-items.ts';

/** How texts are chosen from the model's distributions. */
export type Sampling = 'greedy' | 'sampled';

/** One text of the model. */
export interface FreeAnswer {
  text: string;
  tokens: number[];
}

/** Prompts of one cell: with three multipliers each, their streams fill a batch. */
const promptsPerCell = 16;

/**
 * Lets the model answer some prompts in its own words under some multipliers, steered at every new token.
 *
 * @returns by case, then by multiplier; null for the cases of a cell that failed or that another process computes
 */
export async function answerFreely(
  session: Session,
  sampling: Sampling,
  cases: readonly Case[],
  { layer, vector }: { layer: number; vector: Float32Array },
  multipliers: readonly number[],
): Promise<(FreeAnswer[] | null)[]> {
  const { operator, start, continuedTokens, seed, temperature } = session.options;
  const answers: (FreeAnswer[] | null)[] = [];
  for (let first = 0; first < cases.length; first += promptsPerCell) {
    const some = cases.slice(first, first + promptsPerCell);
    const number = first / promptsPerCell;
    const cell = await runCell<{ answers: FreeAnswer[][]; work: CellWork }>(
      session,
      'free-answers',
      cellId(`free-${sampling}`, number),
      async (engine) => {
        const { texts, tokens, work } = await engine.generate({
          prompts: some.map(({ positive }) => positive.tokens.slice(0, positive.lastPromptToken + 1)),
          interventions: multipliers.map((multiplier) => ({ layer, vector, multiplier, operator, start })),
          branches: multipliers.map((_, index) => [index]),
          maxTokens: continuedTokens,
          temperature: sampling === 'greedy' ? 0 : temperature,
          // Streams count up from the seed: those of the next cell begin where these end.
          seed: seed + first * multipliers.length,
        });
        return {
          answers: texts.map((row, item) =>
            row.map((text, branch) => ({ text, tokens: [...tokens[item]![branch]!] })),
          ),
          work: cellWork(work),
        };
      },
      number,
    );
    answers.push(...(cell === null ? some.map(() => null) : cell.answers));
  }
  return answers;
}
