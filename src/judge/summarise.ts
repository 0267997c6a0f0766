import type { JudgeFaultKind, Judgement } from './judgement.ts';

/** What became of a batch of texts. */
export interface JudgeSummary {
  texts: number;
  /** Texts with a score. */
  scored: number;
  /** Requests sent, failed ones included. */
  requests: number;
  /** Kinds of faults, the most frequent first: how many texts, and the reason of the first of them. */
  faults: { fault: JudgeFaultKind; texts: number; example: string }[];
}

/** Counts judgements by what came of them. */
export function summarise(judgements: readonly Judgement[], requests: number): JudgeSummary {
  const faults = new Map<JudgeFaultKind, JudgeSummary['faults'][number]>();
  for (const { fault, reason } of judgements) {
    if (fault === null) continue;
    const entry = faults.get(fault) ?? { fault, texts: 0, example: reason ?? '' };
    entry.texts++;
    faults.set(fault, entry);
  }
  return {
    texts: judgements.length,
    scored: judgements.filter(({ score }) => score !== null).length,
    requests,
    faults: [...faults.values()].sort((a, b) => b.texts - a.texts),
  };
}
