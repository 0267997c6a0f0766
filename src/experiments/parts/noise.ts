import type { Session } from '../session.ts';
import { numericNoise, type ReferenceEngine } from '../stages/numeric-noise.ts';
import { type Measured, notMeasured } from './part.ts';

/** How much of an item's slope is arithmetic noise of the run's precision? */
export async function measureNoise(measured: Measured): Promise<void> {
  const { context, found, test, result } = measured;
  const { session, reference } = context;
  const missing = await missingReference(session, reference);
  if (missing !== null || 'missing' in reference)
    return notMeasured(measured, 'numeric noise', missing ?? 'F32 cannot be had on this machine');
  session.progress.begin('noise', 'Measuring a few items again at F32');
  const cases = test.cases.slice(0, session.options.noiseItems);
  result.noise = await numericNoise(session, reference, cases, found.layer, found.vector, test.slopes);
  if (result.noise === null)
    notMeasured(measured, 'numeric noise', 'a cell failed or a slope could not be computed');
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
