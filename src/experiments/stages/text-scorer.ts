import { judgeKey } from '../../judge/judge-key.ts';
import { endpointOf, type JudgeOptions } from '../../judge/judge-options.ts';
import { judgeTexts } from '../../judge/judge-texts.ts';
import { isSettled, type Judgement } from '../../judge/judgement.ts';
import { summarise } from '../../judge/summarise.ts';
import type { Result } from '../../result/schema.ts';
import { checkedClassifier } from '../../scores/checked-classifier.ts';
import { pairAccuracy, reasonAgainstScorer } from '../../scores/pair-accuracy.ts';
import { scoreText } from '../../scores/text-classifier.ts';
import type { RunContext } from '../empty-result.ts';
import type { Session } from '../session.ts';
import { meaningsOf } from './meanings.ts';
import type { Prepared } from './prepare.ts';

type Scorer = NonNullable<Result['generationCheck']>['scorer'];

/** A text to score, with the prompt it answers. */
export interface ScorableText {
  id: string;
  prompt: string;
  text: string;
}

/** What scores free answers, and the scores of all of them. */
export interface TextScores {
  scorer: Scorer;
  /** By id; null where a text has none. */
  scores: ReadonlyMap<string, number | null>;
}

/** Scores texts by the run's scorer; without a usable one every score is null, and the scorer says why. */
export async function scoreTexts(
  context: RunContext,
  prepared: Prepared,
  texts: readonly ScorableText[],
): Promise<TextScores> {
  return context.session.options.scorer === 'judge'
    ? judged(context, prepared, texts)
    : classified(context, prepared, texts);
}

/** A classifier of the training answers, used only where it tells held-out answers apart. */
function classified(
  { session, behaviour }: RunContext,
  { split }: Prepared,
  texts: readonly ScorableText[],
): TextScores {
  const pairs = (items: typeof split.train) =>
    items.flatMap(({ completion }) => (completion === null ? [] : [completion]));
  const none = new Map(texts.map(({ id }) => [id, null]));
  if (session.options.format !== 'completion') {
    const reason = 'the answers of this format are letters: there is no text to train a classifier on';
    return { scorer: unusableClassifier(reason), scores: none };
  }
  const { classifier, reason, heldOutAccuracy, trainingPairs } = checkedClassifier(
    pairs(split.train),
    pairs([...split.validation, ...split.test]),
  );
  const scorer: Scorer = {
    kind: 'classifier',
    description: `Logistic regression on character n-grams of ${trainingPairs} pairs of training answers of "${behaviour.name}"`,
    unit: 'log-odds',
    accuracy: heldOutAccuracy,
    usable: classifier !== null,
    reason,
  };
  if (classifier === null) return { scorer, scores: none };
  return { scorer, scores: new Map(texts.map(({ id, text }) => [id, scoreText(classifier, text).value])) };
}

function unusableClassifier(reason: string): Scorer {
  return {
    kind: 'classifier',
    description: 'Logistic regression on character n-grams of training answers',
    unit: 'log-odds',
    accuracy: null,
    usable: false,
    reason,
  };
}

interface JudgementCell {
  judgements: [key: string, judgement: Judgement][];
}

/** Cell that keeps what a judge has said, so that no text is asked about twice. */
const judgementCell = 'judgements';

/** A judging model behind an endpoint; what it said before is kept, what failed is asked again by the next run. */
async function judged(
  context: RunContext,
  prepared: Prepared,
  texts: readonly ScorableText[],
): Promise<TextScores> {
  const { session } = context;
  const options = judgeOptionsOf(context);
  const kept = await session.folder.readCell<JudgementCell>(judgementCell);
  const known = new Map(kept?.judgements ?? []);
  const pairs = heldOutPairs(context, prepared);
  const all = [...pairs.flatMap(({ texts: both }) => both), ...texts];
  const judgements = session.offline
    ? new Map(all.map((text) => [text.id, known.get(judgeKey(options, text)) ?? notAsked]))
    : await ask(session, options, all, known);
  const scoreOf = (id: string) => judgements.get(id)!.score;
  const accuracy =
    pairs.length === 0
      ? null
      : pairAccuracy(
          pairs.map(({ texts: [positive, negative] }) => ({
            positive: scoreOf(positive!.id),
            negative: scoreOf(negative!.id),
          })),
        );
  const { scored, faults } = summarise(
    texts.map(({ id }) => judgements.get(id)!),
    0,
  );
  const silent =
    scored > 0
      ? null
      : `the judge scored none of ${texts.length} texts: ${faults[0]?.example ?? 'none was asked'}`;
  const reason = silent ?? (accuracy === null ? null : reasonAgainstScorer('the judge', accuracy));
  const { positive, negative } = options.rubric;
  return {
    scorer: {
      kind: 'judge',
      description: `Model "${options.model}" at ${endpointOf(options.url).origin}, asked for 0 (${negative}) to 10 (${positive})`,
      unit: 'points',
      accuracy,
      usable: reason === null,
      reason,
    },
    scores: new Map(texts.map(({ id }) => [id, reason === null ? scoreOf(id) : null])),
  };
}

/** Held-out pairs that a judge has to tell apart before its scores count: two questions each. */
const judgedPairs = 24;

/** Written answers of items that made no vector, as texts to judge: the positive one first. */
function heldOutPairs(
  { session, behaviour }: RunContext,
  { split }: Prepared,
): { texts: [ScorableText, ScorableText] }[] {
  if (session.options.format !== 'completion') return [];
  return [...split.validation, ...split.test].slice(0, judgedPairs).flatMap(({ index, completion }) => {
    if (completion === null) return [];
    const { prompt, positive, negative } = completion;
    const id = `held out ${behaviour.name} ${index}`;
    return [
      {
        texts: [
          { id: `${id} +`, prompt, text: positive },
          { id: `${id} -`, prompt, text: negative },
        ],
      },
    ];
  });
}

async function ask(
  { folder, signal }: Session,
  options: JudgeOptions,
  texts: readonly ScorableText[],
  known: Map<string, Judgement>,
): Promise<ReadonlyMap<string, Judgement>> {
  // One after the other: several questions are open at a time, and a file written late would take back what came since.
  let written: Promise<unknown> = Promise.resolve();
  const keep = () => folder.writeCell<JudgementCell>(judgementCell, { judgements: [...known] });
  const { judgements } = await judgeTexts(texts, options, {
    signal,
    known,
    onJudgement: async (_id, judgement, key) => {
      if (!isSettled(judgement) || known.has(key)) return;
      known.set(key, judgement);
      written = written.then(keep);
      await written;
    },
  });
  return judgements;
}

const notAsked: Judgement = {
  score: null,
  fault: 'not-asked',
  reason: 'not asked: the result was computed from what is in the folder',
};

/**
 * The judge of a run's options.
 *
 * @throws RangeError where the endpoint or its model was not given
 */
export function judgeOptionsOf({ session, behaviour }: RunContext): JudgeOptions {
  const { judgeUrl, judgeModel, judgeKeyVariable, seed } = session.options;
  if (judgeUrl === null || judgeModel === null)
    throw new RangeError('a judge needs "--judge-url" and "--judge-model"');
  return {
    url: judgeUrl,
    model: judgeModel,
    apiKeyVariable: judgeKeyVariable,
    seed,
    rubric: meaningsOf(behaviour, session.options),
  };
}
