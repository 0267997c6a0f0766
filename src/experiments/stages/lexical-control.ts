import type { Format } from '../../dataset/item.ts';
import type { Case } from '../../prompts/case.ts';
import type { Result } from '../../result/schema.ts';
import { answerTokens, lexicalOverlap, lowestThird } from '../../scores/lexical-overlap.ts';
import { mean } from '../../statistics/mean.ts';
import { meanOf } from '../../statistics/moments.ts';
import type { TestItems } from './test-items.ts';

/**
 * Does the vector move items whose answers share few tokens with the training answers? Null for answer letters.
 *
 * The items are the third of the test items with the least mean overlap.
 */
export function lexicalControl(
  format: Format,
  training: Case[],
  { cases, slopes }: Pick<TestItems, 'cases' | 'slopes'>,
): Result['lexical'] {
  const known = cases.flatMap((item, place) => {
    const { slope } = slopes[place]!.fit;
    return slope === null ? [] : [{ item, slope }];
  });
  if (format !== 'completion' || known.length === 0 || training.length === 0) return null;
  const tokens = ({ positive, negative }: Case) => ({
    positive: answerTokens(positive),
    negative: answerTokens(negative),
  });
  const overlaps = lexicalOverlap(
    known.map(({ item }) => tokens(item)),
    training.map(tokens),
  ).map((overlap) => overlap.mean);
  const lowest = lowestThird(overlaps);
  return {
    meanOverlap: meanOf(overlaps),
    lowOverlapItems: lowest.length,
    lowOverlapLimit: Math.max(...lowest.map((place) => overlaps[place]!)),
    lowOverlapSlope: mean(lowest.map((place) => known[place]!.slope)),
  };
}
