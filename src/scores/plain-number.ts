/**
 * A number for a sentence: three significant digits, no trailing zeros, whole numbers whole.
 *
 * @example
 * plain(4.8037); // '4.8'
 */
export function plain(value: number): string {
  return Math.abs(value) >= 1000 ? String(Math.round(value)) : String(Number(value.toPrecision(3)));
}

/**
 * A share of 1 as a percentage, with one decimal at most.
 *
 * @example
 * percent(0.215); // '21.5 %'
 */
export function percent(share: number): string {
  return `${Number((100 * share).toFixed(1))} %`;
}
