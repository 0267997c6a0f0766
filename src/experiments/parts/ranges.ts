import { multiplierRanges } from '../../statistics/multiplier-ranges.ts';
import { type Measured, notMeasured } from './part.ts';

/** Does steerability depend on how far the multipliers reach (Figure 17)? */
export async function narrowRanges(measured: Measured): Promise<void> {
  const { context, test, result } = measured;
  const { multipliers } = context.session.options;
  const ranges = multiplierRanges(
    multipliers,
    test.slopes.map(({ propensities }) => propensities),
  );
  result.ranges = ranges
    .filter(({ reason }) => reason === null)
    .map(({ limit, mean, antiSteerable, agreement }) => ({ limit, mean, antiSteerable, agreement }));
  const missing = ranges.filter(({ reason }) => reason !== null);
  for (const { limit, reason } of missing)
    notMeasured(measured, `multipliers up to ${limit}`, reason ?? 'not known');
}
