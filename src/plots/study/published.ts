import type { Study } from '../../result/study.ts';
import type { KeyEntry } from '../figure.ts';
import type { Run } from './runs.ts';

/** The paper's own value for a run's model and behaviour; null where it has none. */
export function publishedValue(study: Study, run: Run, quantity: string): number | null {
  const key = study.models.find(({ id }) => id === run.model)?.published ?? null;
  if (key === null) return null;
  const found = study.published.find(
    (entry) => entry.model === key && entry.behaviour === run.behaviour && entry.quantity === quantity,
  );
  return found?.value ?? null;
}

/** The key's line on published values; none where the figure has no such value. */
export function publishedKey(values: (number | null)[]): KeyEntry[] {
  return values.some((value) => value !== null)
    ? [{ glyph: '◇', colour: 'ink', text: 'the value in the paper' }]
    : [];
}
