import { randomNull, shuffledNull } from '../stages/null-vectors.ts';
import { type Measured, notMeasured } from './part.ts';

/** Does any direction of the same length do as much? Random directions, and vectors of shuffled labels. */
export async function compareWithNulls(measured: Measured): Promise<void> {
  const { context, prepared, result, found } = measured;
  const { session } = context;
  const { randomVectors, shuffledVectors, nullItems } = session.options;
  const { layer, vector, pairs } = found;
  const cases = prepared.test.slice(0, nullItems);
  if (randomVectors > 0)
    session.progress.begin('random-null', `${randomVectors} random directions of the same length`);
  result.randomNull = await randomNull(session, cases, layer, vector);
  if (result.randomNull === null) {
    notMeasured(
      measured,
      'random-direction null',
      'no random vectors were asked for, or a slope could not be computed',
    );
  }
  if (pairs === null) {
    const reason = 'the vector came from a file: its training pairs are not known';
    return notMeasured(measured, 'shuffled-label null', reason);
  }
  if (shuffledVectors > 0)
    session.progress.begin('shuffled-null', `${shuffledVectors} vectors with half of the labels flipped`);
  result.shuffledNull = await shuffledNull(session, cases, layer, vector, pairs);
  if (result.shuffledNull === null) {
    notMeasured(
      measured,
      'shuffled-label null',
      'no shuffled vectors were asked for, or a slope could not be computed',
    );
  }
}
