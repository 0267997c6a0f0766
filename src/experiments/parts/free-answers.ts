import type { Result } from '../../result/schema.ts';
import { repetitionRate } from '../../scores/repetition-rate.ts';
import { spearman } from '../../statistics/correlation.ts';
import { mean } from '../../statistics/mean.ts';
import { agreementInSign } from '../../statistics/sign-agreement.ts';
import { answerFreely, type FreeAnswer, type Sampling } from '../stages/free-answers.ts';
import { showsTexts, textsOf } from '../stages/item-texts.ts';
import { largestPair } from '../stages/multiplier-pair.ts';
import { type ScorableText, scoreTexts, type TextScores } from '../stages/text-scorer.ts';
import { type Measured, notMeasured } from './part.ts';

type Check = NonNullable<Result['generationCheck']>;

/** Answers shown side by side. */
const shownItems = 3;

/** Does the steered model write what the log-probabilities say? Free answers, scored, beside the items' slopes. */
export async function checkFreeAnswers(measured: Measured): Promise<void> {
  const { context, prepared, found, test, result } = measured;
  const { session } = context;
  const { options, progress } = session;
  const cases = test.cases.slice(0, options.continuedItems);
  const size = largestPair(options.multipliers);
  if (cases.length === 0 || options.continuedTokens === 0)
    return notMeasured(measured, 'free answers', 'no items were asked for');
  if (size === null) return notMeasured(measured, 'free answers', 'no multiplier was tested with both signs');
  progress.begin('free-answers', `Letting the model answer ${cases.length} prompts in its own words`);
  const multipliers = [-size, 0, size];
  const samplings: Sampling[] = options.sampledTexts > 0 ? ['greedy', 'sampled'] : ['greedy'];
  const answers = new Map<Sampling, (FreeAnswer[] | null)[]>();
  for (const sampling of samplings)
    answers.set(sampling, await answerFreely(session, sampling, cases, found, multipliers));
  // Shards leave gaps; what is scored is the whole.
  if (session.waiting.size > 0) return;

  const texts = samplings.flatMap((sampling) =>
    scorable(measured, sampling, answers.get(sampling)!, multipliers),
  );
  const scored: TextScores | null =
    options.scorer === 'none' ? null : await scoreTexts(context, prepared, texts);
  const table = samplings.map((sampling) => ({
    sampling,
    items: answers.get(sampling)!.map((row, place) => ({
      slope: test.slopes[place]!.fit.slope,
      answers: row,
      scores: multipliers.map((multiplier) => scored?.scores.get(idOf(sampling, place, multiplier)) ?? null),
    })),
  }));
  result.generations = examples(measured, table[0]!.items, multipliers);
  if (scored === null) return notMeasured(measured, 'generation check', 'no scorer was asked for');
  if (!scored.scorer.usable)
    notMeasured(measured, 'scores of free answers', scored.scorer.reason ?? 'the scorer cannot be used');
  result.generationCheck = {
    items: cases.length,
    tokens: options.continuedTokens,
    multipliers,
    scorer: scored.scorer,
    samplings: table.map(({ sampling, items }) => ({
      sampling,
      temperature: sampling === 'greedy' ? 0 : options.temperature,
      ...describeSampling(items, multipliers),
    })),
    rows: table[0]!.items.map((item, place) => ({
      item: cases[place]!.item,
      slope: item.slope,
      effect: effectOf(item),
    })),
  };
}

/** One item under one way of sampling. */
interface AnsweredItem {
  slope: number | null;
  answers: FreeAnswer[] | null;
  /** By multiplier: −λ, 0, λ. */
  scores: (number | null)[];
}

function describeSampling(
  items: readonly AnsweredItem[],
  multipliers: readonly number[],
): Omit<Check['samplings'][number], 'sampling' | 'temperature'> {
  const usable = items.some(({ scores }) => scores.some((score) => score !== null));
  const both = items.flatMap((item) => {
    const effect = effectOf(item);
    return effect === null || item.slope === null ? [] : [{ effect, slope: item.slope }];
  });
  const [effects, slopes] = [both.map(({ effect }) => effect), both.map(({ slope }) => slope)];
  return {
    points: multipliers.map((multiplier, branch) => ({
      multiplier,
      score: usable ? mean(items.flatMap(({ scores }) => scores[branch] ?? [])) : null,
      repetition: mean(
        items.flatMap(({ answers }) =>
          answers === null ? [] : (repetitionRate(answers[branch]!.tokens).value ?? []),
        ),
      ),
    })),
    effect: usable ? mean(items.flatMap((item) => effectOf(item) ?? [])) : null,
    correlation: usable ? spearman(slopes, effects) : null,
    sameSign: usable ? agreementInSign(slopes, effects).share : null,
    unscored: items.flatMap(({ scores }) => scores).filter((score) => score === null).length,
  };
}

/** (score(λ) − score(−λ)) / 2. */
function effectOf({ scores: [low, , high] }: AnsweredItem): number | null {
  return low == null || high == null ? null : (high - low) / 2;
}

function scorable(
  { context, test }: Measured,
  sampling: Sampling,
  answers: readonly (FreeAnswer[] | null)[],
  multipliers: readonly number[],
): ScorableText[] {
  const { behaviour, session } = context;
  return answers.flatMap((row, place) => {
    const { prompt } = textsOf(behaviour, test.cases[place]!.item, session.options.format);
    return (row ?? []).map(({ text }, branch) => ({
      id: idOf(sampling, place, multipliers[branch]!),
      prompt,
      text,
    }));
  });
}

function idOf(sampling: Sampling, place: number, multiplier: number): string {
  return `${sampling} ${place} ${multiplier}`;
}

/** The first items' texts side by side; none where texts are withheld. */
function examples(
  { context, test }: Measured,
  items: readonly AnsweredItem[],
  multipliers: readonly number[],
): Result['generations'] {
  const { behaviour, session } = context;
  if (!showsTexts(context)) return [];
  return items.slice(0, shownItems).flatMap(({ answers, scores }, place) => {
    const { item } = test.cases[place]!;
    if (answers === null) return [];
    return [
      {
        item,
        prompt: textsOf(behaviour, item, session.options.format).prompt,
        continuations: multipliers.map((multiplier, branch) => ({
          multiplier,
          text: answers[branch]!.text,
          score: scores[branch] ?? null,
        })),
      },
    ];
  });
}
