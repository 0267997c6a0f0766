import { expect, it } from 'vitest';
import { isSettled, JudgeFault, type JudgeFaultKind, unjudged } from './judgement.ts';
import { summarise } from './summarise.ts';

const scored = (score: number) => ({ score, fault: null, reason: null });
const failed = (kind: JudgeFaultKind, message: string = kind) => unjudged(new JudgeFault(kind, message));

it('a score and a fault of the text are settled; a fault of the endpoint is not', () => {
  expect(isSettled(scored(0))).toBe(true);
  for (const kind of ['no-text', 'declined', 'no-score'] as const)
    expect(isSettled(failed(kind)), kind).toBe(true);
  const others = ['cut-short', 'wrong-model', 'unreadable', 'rejected', 'refused', 'rate-limited'] as const;
  const more = ['server-error', 'timeout', 'unreachable', 'not-asked'] as const;
  for (const kind of [...others, ...more]) expect(isSettled(failed(kind)), kind).toBe(false);
});

it('a summary counts faults by kind, the most frequent first, each with its first reason', () => {
  const judgements = [
    scored(0),
    failed('timeout', 'late'),
    failed('no-score', 'a'),
    failed('no-score', 'b'),
    scored(10),
  ];
  expect(summarise(judgements, 9)).toEqual({
    texts: 5,
    scored: 2,
    requests: 9,
    faults: [
      { fault: 'no-score', texts: 2, example: 'a' },
      { fault: 'timeout', texts: 1, example: 'late' },
    ],
  });
});
