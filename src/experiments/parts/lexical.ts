import { lexicalControl } from '../stages/lexical-control.ts';
import { type Measured, notMeasured } from './part.ts';

/** Does the vector do more than raise words it has seen? */
export async function checkWords(measured: Measured): Promise<void> {
  const { context, prepared, result, test } = measured;
  const { format } = context.session.options;
  result.lexical = lexicalControl(format, prepared.train, test);
  if (result.lexical !== null) return;
  const reason =
    format === 'completion'
      ? 'no test item has a slope'
      : 'it compares the words of answers; here the answers are letters';
  notMeasured(measured, 'lexical control', reason);
}
