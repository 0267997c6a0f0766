/** Digits that a number without a limit may have: what a double holds exactly. */
const mostDigits = 15;

/**
 * A grammar for the whole numbers from `least` to `most`, without leading zeros; null is no limit.
 *
 * @throws RangeError where there is no such number, or a limit is beyond ±(2^53 − 1)
 * @example
 * integerRange(7, 12); // '([7-9] | "1" [0-2])'
 */
export function integerRange(least: number | null, most: number | null): string {
  for (const limit of [least, most]) {
    if (limit !== null && !Number.isSafeInteger(limit))
      throw new RangeError(`a limit of ${limit} is no whole number that a double holds exactly`);
  }
  if (least !== null && most !== null && least > most)
    throw new RangeError(`no whole number lies from ${least} to ${most}`);
  const parts: string[] = [];
  if (least === null || least < 0) {
    const nearest = most === null || most >= 0 ? 1 : -most;
    const farthest = least === null ? null : -least;
    if (farthest === null || nearest <= farthest) parts.push(`"-" ${positive(nearest, farthest)}`);
  }
  if (most === null || most >= 0) parts.push(positive(Math.max(0, least ?? 0), most));
  return parts.length === 1 ? parts[0]! : `(${parts.join(' | ')})`;
}

/** Numbers from 0 on: one alternative for each number of digits. */
function positive(least: number, most: number | null): string {
  const alternatives: string[] = [];
  const low = String(least);
  const high = most === null ? null : String(most);
  const digits = high?.length ?? low.length;
  for (let length = low.length; length <= digits; length++) {
    const from = length === low.length ? low : `1${'0'.repeat(length - 1)}`;
    const to = length === high?.length ? high : '9'.repeat(length);
    alternatives.push(...sameLength(from, to));
  }
  if (high === null && low.length < mostDigits)
    alternatives.push(`[1-9] [0-9]{${low.length},${mostDigits - 1}}`);
  return alternatives.length === 1 ? alternatives[0]! : `(${alternatives.join(' | ')})`;
}

/** Numbers of equally many digits. */
function sameLength(from: string, to: string): string[] {
  if (from === '') return [''];
  const [first, last] = [Number(from[0]), Number(to[0])];
  const rest = from.length - 1;
  if (first === last) {
    return sameLength(from.slice(1), to.slice(1)).map((tail) => join(`"${first}"`, tail));
  }
  const alternatives: string[] = [];
  let [low, high] = [first, last];
  if (from.slice(1) !== '0'.repeat(rest)) {
    alternatives.push(...sameLength(from.slice(1), '9'.repeat(rest)).map((tail) => join(`"${first}"`, tail)));
    low++;
  }
  const upper: string[] = [];
  if (to.slice(1) !== '9'.repeat(rest)) {
    upper.push(...sameLength('0'.repeat(rest), to.slice(1)).map((tail) => join(`"${last}"`, tail)));
    high--;
  }
  if (low <= high) {
    const digit = low === high ? `"${low}"` : `[${low}-${high}]`;
    alternatives.push(rest === 0 ? digit : `${digit} [0-9]{${rest},${rest}}`);
  }
  return [...alternatives, ...upper];
}

function join(head: string, tail: string): string {
  return tail === '' ? head : `${head} ${tail}`;
}
