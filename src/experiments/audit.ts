import { norm } from '../math/vector.ts';
import type { Result } from '../result/schema.ts';
import { decideVerdict } from '../scores/verdict.ts';
import { checkCompetence } from './check-competence.ts';
import { continuePrompts } from './continuations.ts';
import { doses, residualNorm } from './dose.ts';
import { closeResult, emptyResult, type RunContext } from './empty-result.ts';
import { evidenceOf } from './evidence.ts';
import { expectAudit } from './expected-work.ts';
import { type FoundVector, findVector } from './find-vector.ts';
import { announceGivenVector } from './given-vector.ts';
import { lexicalControl } from './lexical-control.ts';
import { randomNull, shuffledNull } from './null-vectors.ts';
import { numericNoise, type ReferenceEngine } from './numeric-noise.ts';
import { type Prepared, prepare } from './prepare.ts';
import type { ScoreRows } from './scores-table.ts';
import type { Session } from './session.ts';
import { itemRows, measureTestItems, propensityCurve, summarise, type TestItems } from './test-items.ts';

/**
 * Finds out whether a steering vector can be trusted: can the model take the test, which layer, does the vector steer
 * held-out items, all of them, more than chance directions do, and by more than its training words.
 *
 * Each stage is a set of cells; finished ones are read, the others computed.
 */
export async function audit(context: RunContext): Promise<{ result: Result; scores: ScoreRows }> {
  const { session, given } = context;
  const prepared = await prepare(session, context.behaviour, {
    train: true,
    validation: given === null,
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
  await compareWithNulls(context, prepared, result, found);
  await describeDose(context, result, found, test);
  await measureNoise(context, result, found, test);
  result.verdict = decideVerdict(evidenceOf(result));
  return {
    result: closeResult(result, context),
    scores: [{ ...found, test, multipliers: session.options.multipliers }],
  };
}

/** A failed competence check ends the audit: every later number would measure something else than the behaviour. */
function stopAtCompetence(context: RunContext, result: Result): { result: Result; scores: ScoreRows } {
  result.notMeasured.push({
    what: 'steerability, nulls, controls, dose, noise and continuations',
    reason:
      'the model failed the competence check of this format; --measure-anyway computes them all the same',
  });
  result.verdict = decideVerdict(evidenceOf(result));
  return { result: closeResult(result, context), scores: [] };
}

async function measureVector(
  context: RunContext,
  prepared: Prepared,
  result: Result,
  { layer, vector }: FoundVector,
): Promise<TestItems> {
  const { session, behaviour } = context;
  session.progress.begin('test', `Steering ${prepared.test.length} held-out items at layer ${layer}`);
  const test = await measureTestItems(context, prepared.test, layer, vector);
  result.steerability = summarise(test);
  result.curve = propensityCurve(test.slopes, session.options.multipliers);
  result.items = itemRows(context, test);
  result.lexical = lexicalControl(session.options.format, prepared.train, test);
  if (result.lexical === null) {
    result.notMeasured.push({
      what: 'lexical control',
      reason:
        session.options.format === 'completion'
          ? 'no test item has a slope'
          : 'it compares the words of answers; here the answers are letters',
    });
  }
  session.progress.begin('continuations', 'Continuing test prompts');
  const continued = prepared.test.slice(0, session.options.continuedItems);
  result.generations = await continuePrompts(session, behaviour, continued, layer, vector);
  return test;
}

async function compareWithNulls(
  context: RunContext,
  prepared: Prepared,
  result: Result,
  { layer, vector, pairs }: FoundVector,
): Promise<void> {
  const { session } = context;
  const { randomVectors, shuffledVectors, nullItems } = session.options;
  const cases = prepared.test.slice(0, nullItems);
  session.progress.begin('random-null', `${randomVectors} random directions of the same length`);
  result.randomNull = await randomNull(session, cases, layer, vector);
  if (result.randomNull === null)
    result.notMeasured.push({
      what: 'random-direction null',
      reason: 'no random vectors were asked for, or a slope could not be computed',
    });
  if (pairs === null) {
    result.notMeasured.push({
      what: 'shuffled-label null',
      reason: 'the vector came from a file: its training pairs are not known',
    });
    return;
  }
  session.progress.begin('shuffled-null', `${shuffledVectors} vectors with half of the labels flipped`);
  result.shuffledNull = await shuffledNull(session, cases, layer, vector, pairs);
  if (result.shuffledNull === null)
    result.notMeasured.push({
      what: 'shuffled-label null',
      reason: 'no shuffled vectors were asked for, or a slope could not be computed',
    });
}

async function describeDose(
  { session }: RunContext,
  result: Result,
  { layer, vector }: FoundVector,
  { cases }: TestItems,
): Promise<void> {
  session.progress.begin('dose', 'Measuring the residual stream');
  const residual = await residualNorm(session, cases.slice(0, session.options.nullItems), layer);
  if (residual === null || norm(vector) === 0) {
    result.notMeasured.push({
      what: 'dose',
      reason: 'its cell failed, the residual stream is not finite, or the vector has length 0',
    });
  } else result.dose = doses(session.options.multipliers, vector, residual);
}

async function measureNoise(
  { session, reference }: RunContext,
  result: Result,
  { layer, vector }: FoundVector,
  { cases, slopes }: TestItems,
): Promise<void> {
  const missing = await missingReference(session, reference);
  if (missing !== null || 'missing' in reference) {
    result.notMeasured.push({
      what: 'numeric noise',
      reason: missing ?? 'F32 cannot be had on this machine',
    });
    return;
  }
  session.progress.begin('noise', 'Measuring a few items again at F32');
  result.noise = await numericNoise(
    session,
    reference,
    cases.slice(0, session.options.noiseItems),
    layer,
    vector,
    slopes,
  );
  if (result.noise === null)
    result.notMeasured.push({
      what: 'numeric noise',
      reason: 'a cell failed or a slope could not be computed',
    });
}

/** Why there is no reference, decided once a run: free memory is not the same on the next day. */
async function missingReference(session: Session, reference: ReferenceEngine): Promise<string | null> {
  const reason =
    session.options.noiseItems === 0
      ? 'no items were asked for'
      : 'missing' in reference
        ? reference.missing
        : null;
  const cell =
    (await session.folder.readCell<{ missing: string | null }>('reference')) ??
    (await session.folder.writeCell('reference', { missing: reason }));
  return cell.missing;
}
