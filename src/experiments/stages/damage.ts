import { readNeutralText } from '../../behaviours/index.ts';
import { createCaseBuilder } from '../../prompts/build-case.ts';
import type { Sequence } from '../../prompts/case.ts';
import type { Result } from '../../result/schema.ts';
import { mean } from '../../statistics/mean.ts';
import { meanOf } from '../../statistics/moments.ts';
import type { RunContext } from '../empty-result.ts';
import { type CellWork, cellWork, noWork, runCell, type Session } from '../session.ts';
import type { FoundVector } from './find-vector.ts';
import { massOf } from './item-slopes.ts';
import { cellId } from './measure-items.ts';
import { reviveSequence, type StoredSequence, storeSequence } from './stored-case.ts';
import type { TestItems } from './test-items.ts';

/** What the user says before the neutral text, which stands as the assistant's reply. */
const request = 'Tell me something.';

/** Texts of one cell: each is compared under every multiplier, so few are many rows. */
const textsPerCell = 2;

/** What one text gave: values by reply token, in nats. */
export interface TextDamage {
  unsteered: number[];
  /** By multiplier. */
  branches: { kl: (number | null)[]; nll: (number | null)[] }[];
}

/** The neutral texts under every multiplier of damage, unsteered beside; null where a cell failed. */
export async function measureDamage(
  context: RunContext,
  { layer, vector }: Pick<FoundVector, 'layer' | 'vector'>,
): Promise<TextDamage[] | null> {
  const { session } = context;
  const { damageMultipliers, operator, start } = session.options;
  const texts = await neutralReplies(session);
  if (texts === null) return null;
  const measured: TextDamage[] = [];
  for (let first = 0; first < texts.length; first += textsPerCell) {
    const cell = await runCell<{ texts: TextDamage[]; work: CellWork }>(
      session,
      'damage',
      cellId('damage', first / textsPerCell),
      async (engine) => {
        const { texts: compared, work } = await engine.divergence({
          texts: texts.slice(first, first + textsPerCell),
          interventions: damageMultipliers.map((multiplier) => ({
            layer,
            vector,
            multiplier,
            operator,
            start,
          })),
          branches: damageMultipliers.map((_, index) => [index]),
        });
        return {
          texts: compared.map(({ unsteeredNll, branches }) => ({
            unsteered: [...unsteeredNll],
            branches: branches.map(({ kl, nll }) => ({ kl: [...kl], nll: [...nll] })),
          })),
          work: cellWork(work),
        };
      },
    );
    if (cell === null) return null;
    measured.push(...cell.texts);
  }
  return measured;
}

/** The first paragraphs of the neutral text as replies to a plain request, tokenised in a cell of their own. */
async function neutralReplies(session: Session): Promise<Sequence[] | null> {
  const { options } = session;
  const paragraphs = (await readNeutralText()).split(/\n\s*\n/).map((text) => text.trim());
  const cell = await runCell<{ texts: StoredSequence[]; work: CellWork }>(
    session,
    'prepare',
    'prepare-neutral',
    async (engine) => {
      const builder = await createCaseBuilder({
        behaviour: 'neutral',
        format: 'completion',
        system: options.system,
        tokenizer: engine,
        facts: engine.facts,
      });
      const texts: StoredSequence[] = [];
      for (const text of paragraphs.filter((paragraph) => paragraph !== '').slice(0, options.damageTexts)) {
        const { tokens, answerStart, answerEnd, ...rest } = await builder.reply(request, text);
        const end = Math.min(answerEnd, answerStart + options.damageTokens);
        texts.push(storeSequence({ ...rest, tokens: tokens.slice(0, end), answerStart, answerEnd: end }));
      }
      return { texts, work: noWork() };
    },
  );
  return cell?.texts.map(reviveSequence) ?? null;
}

/** Probability outside the two letters at each multiplier; null in the completion format. */
export function outsideLetters(
  { options }: Session,
  { measurements }: TestItems,
): NonNullable<Result['damage']>['outsideLetters'] {
  if (options.format === 'completion') return null;
  return options.multipliers.map((multiplier, branch) => {
    const masses = measurements.flatMap((row) => {
      const inside = row === null ? null : massOf(row[branch]!, options.format);
      return inside === null ? [] : [1 - inside];
    });
    return { multiplier, mass: mean(masses) };
  });
}

/** Perplexity of the unsteered model on the texts: exp of its mean negative log-likelihood a token. */
export function perplexityOf(texts: readonly TextDamage[]): number {
  return Math.exp(meanOf(texts.flatMap(({ unsteered }) => unsteered)));
}
