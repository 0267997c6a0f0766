import { norm } from '../../math/vector.ts';
import { doses, residualNorm } from '../stages/dose.ts';
import { type Measured, notMeasured } from './part.ts';

/** How large is what is added, beside what is there? */
export async function describeDose(measured: Measured): Promise<void> {
  const { context, found, test, result } = measured;
  const { session } = context;
  session.progress.begin('dose', 'Measuring the residual stream');
  const residual = await residualNorm(session, test.cases.slice(0, session.options.nullItems), found.layer);
  if (residual === null || norm(found.vector) === 0) {
    const reason = 'its cell failed, the residual stream is not finite, or the vector has length 0';
    notMeasured(measured, 'dose', reason);
  } else result.dose = doses(session.options.multipliers, found.vector, residual);
}
