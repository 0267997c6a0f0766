import type { LoadedBehaviour } from '../../dataset/parse.ts';
import type { Case } from '../../prompts/case.ts';
import type { Result } from '../../result/schema.ts';
import { type CellWork, cellWork, runCell, type Session } from '../session.ts';
import { textsOf } from './item-texts.ts';

/** Multipliers under which prompts are continued: without steering, and both ways. */
export const continuationMultipliers = [0, 1, -1];

/** Greedy continuations of some test prompts, unsteered and steered both ways. */
export async function continuePrompts(
  session: Session,
  behaviour: LoadedBehaviour,
  cases: Case[],
  layer: number,
  vector: Float32Array,
): Promise<Result['generations']> {
  const { operator, start, continuedTokens, seed, format } = session.options;
  if (cases.length === 0 || continuedTokens === 0) return [];
  const cell = await runCell<{ texts: string[][]; work: CellWork }>(
    session,
    'continuations',
    'continuations',
    async (engine) => {
      const { texts, work } = await engine.generate({
        prompts: cases.map(({ positive }) => positive.tokens.slice(0, positive.lastPromptToken + 1)),
        interventions: continuationMultipliers.map((multiplier) => ({
          layer,
          vector,
          multiplier,
          operator,
          start,
        })),
        branches: continuationMultipliers.map((_, index) => [index]),
        maxTokens: continuedTokens,
        temperature: 0,
        seed,
      });
      return { texts, work: cellWork(work) };
    },
  );
  if (cell === null) return [];
  return cases.map(({ item }, place) => ({
    item,
    prompt: textsOf(behaviour, item, format).prompt,
    continuations: continuationMultipliers.map((multiplier, branch) => ({
      multiplier,
      text: cell.texts[place]![branch]!,
      score: null,
    })),
  }));
}
