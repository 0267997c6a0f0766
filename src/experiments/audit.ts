import { decideVerdict } from '../scores/verdict.ts';
import { closeResult, emptyResult, type RunContext } from './empty-result.ts';
import type { Outcome } from './other-experiments.ts';
import { explainBias } from './parts/bias.ts';
import { assessDamage } from './parts/damage.ts';
import { describeDose } from './parts/dose.ts';
import { checkFreeAnswers } from './parts/free-answers.ts';
import { exchangeLetters } from './parts/letters.ts';
import { checkWords } from './parts/lexical.ts';
import { measureNoise } from './parts/noise.ts';
import { compareWithNulls } from './parts/nulls.ts';
import { tryOtherPrompts } from './parts/other-prompts.ts';
import type { Measured, Part } from './parts/part.ts';
import { narrowRanges } from './parts/ranges.ts';
import { repeatItems } from './parts/replicates.ts';
import { checkCompetence } from './stages/check-competence.ts';
import { evidenceOf } from './stages/evidence.ts';
import { expectAudit } from './stages/expected-work.ts';
import { type FoundVector, findVector } from './stages/find-vector.ts';
import { announceGivenVector } from './stages/given-vector.ts';
import { type Prepared, prepare } from './stages/prepare.ts';
import {
  itemRows,
  measureTestItems,
  propensityCurve,
  summarise,
  type TestItems,
} from './stages/test-items.ts';

/**
 * Finds out whether a steering vector can be trusted: can the model take the test, which layer, does the vector steer
 * held-out items, all of them, more than chance directions do, under other prompts too, and at what price.
 *
 * All experiments on one behaviour and one model are this one, with more or less of each part (`experiment-kinds.ts`).
 * Each stage is a set of cells; finished ones are read, the others computed.
 */
export async function audit(context: RunContext): Promise<Outcome> {
  const { session, given } = context;
  const prepared = await prepare(session, context.behaviour, {
    train: true,
    validation: given === null && session.options.validation !== 'none',
    test: true,
    controls: true,
  });
  const result = emptyResult(context, prepared);
  if (given !== null) announceGivenVector(given, prepared.facts, session.progress);
  expectAudit(context, prepared);
  session.progress.begin('competence', 'Can the model take this kind of test?');
  result.competence = await checkCompetence(session, prepared);
  if (result.competence?.passed === false && !session.options.measureAnyway)
    return stopAtCompetence(context, result);
  const found = await findVector(context, prepared, result);
  const test = await measureVector(context, prepared, result, found);
  const { multipliers } = session.options;
  const scores: Measured['scores'] = [{ ...found, setting: 'BASE', test, multipliers }];
  const measured: Measured = { context, prepared, found, test, result, scores };
  for (const part of parts) await part(measured);
  result.verdict = decideVerdict(evidenceOf(result));
  return { result: closeResult(result, context), scores };
}

/** What is asked of a vector once it has steered the test items, in the order in which it is measured. */
const parts: readonly Part[] = [
  exchangeLetters,
  explainBias,
  narrowRanges,
  compareWithNulls,
  checkWords,
  tryOtherPrompts,
  checkFreeAnswers,
  assessDamage,
  describeDose,
  measureNoise,
  // Last, because it adds the noise of the precision to that of the presentations.
  repeatItems,
];

/** A failed competence check ends the audit: every later number would measure something else than the behaviour. */
function stopAtCompetence(context: RunContext, result: Measured['result']): Outcome {
  result.notMeasured.push({
    what: 'everything but competence',
    reason: 'the model failed the competence check of this format; --measure-anyway computes it all the same',
  });
  result.verdict = decideVerdict(evidenceOf(result));
  return { result: closeResult(result, context), scores: [] };
}

async function measureVector(
  context: RunContext,
  prepared: Prepared,
  result: Measured['result'],
  { layer, vector }: FoundVector,
): Promise<TestItems> {
  const { session } = context;
  session.progress.begin('test', `Steering ${prepared.test.length} held-out items at layer ${layer}`);
  const test = await measureTestItems(context, prepared.test, layer, vector);
  result.steerability = summarise(test);
  result.curve = propensityCurve(test.slopes, session.options.multipliers);
  result.items = itemRows(context, test);
  return test;
}
