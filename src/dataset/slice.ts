/** A slice of the shuffled items: percentages of their number, or literal indexes. */
export interface Slice {
  unit: 'percent' | 'index';
  /** In percent (0 to 100) or items, counted from 0. */
  start: number;
  /** Past the last; same unit as `start`. */
  end: number;
}

/**
 * Reads a slice: `0%:40%` in percent, `0:40` in items; an end with `+` is a length, as in `40%:+10%`.
 *
 * Both bounds must have the same unit: a bound without `%` beside one with `%` has been read as an index before, and
 * let 450 of 950 test items into the training set. A bound may be left out at the start (`:40%`), where it is 0.
 *
 * @param option Name of the option, for the message.
 * @throws RangeError for anything else, for percentages above 100, and for empty slices.
 * @example
 * parseSlice('40%:+10%', '--validation'); // { unit: 'percent', start: 40, end: 50 }
 */
export function parseSlice(text: string, option: string): Slice {
  const match = /^(?:(\d+(?:\.\d+)?)(%?))?:(\+?)(\d+(?:\.\d+)?)(%?)$/.exec(text.replaceAll(' ', ''));
  if (match === null) throw invalid(option, text, 'expected a form such as 0%:40%, 0:40 or 40%:+10%');
  const [, first = '0', firstSign, plus, second, secondSign] = match;
  if (firstSign !== undefined && firstSign !== secondSign) {
    throw invalid(
      option,
      text,
      `one bound has a % and the other has not; write ${first}%:${plus}${second}% or ${first}:${plus}${second}`,
    );
  }
  const unit = secondSign === '%' ? 'percent' : 'index';
  const start = Number(first);
  const end = plus === '+' ? start + Number(second) : Number(second);
  if (unit === 'index' && !(Number.isInteger(start) && Number.isInteger(end))) {
    throw invalid(option, text, 'indexes must be whole numbers');
  }
  if (unit === 'percent' && end > 100) throw invalid(option, text, 'beyond 100%');
  if (end <= start) throw invalid(option, text, 'the slice is empty');
  return { unit, start, end };
}

/** A slice in its shortest written form, which {@link parseSlice} reads back: `0%:40%`. */
export function formatSlice({ unit, start, end }: Slice): string {
  const sign = unit === 'percent' ? '%' : '';
  return `${start}${sign}:${end}${sign}`;
}

/** The bounds of a slice as indexes into `count` items; percentages are rounded down, as in the published runs. */
export function sliceBounds(slice: Slice, count: number): [start: number, end: number] {
  if (slice.unit === 'index') return [slice.start, slice.end];
  return [percentOf(slice.start, count), percentOf(slice.end, count)];
}

/** Rounded at the ninth digit first, so that 7 % of 100 is 7 although 0.07 * 100 is a little more. */
function percentOf(percent: number, count: number): number {
  return Math.floor(Number(((percent * count) / 100).toFixed(9)));
}

function invalid(option: string, text: string, reason: string): RangeError {
  return new RangeError(`invalid "${option}"; ${reason}: "${text}"`);
}
