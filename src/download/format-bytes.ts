/**
 * A size for people, in decimal units with three digits.
 *
 * @example
 * formatBytes(98_362_432); // '98.4 MB'
 */
export function formatBytes(bytes: number): string {
  let value = bytes;
  let unit = 0;
  // 999.5 would print as 1000.
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  const digits = unit === 0 || value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2;
  return `${value.toFixed(digits)} ${units[unit]}`;
}

const units = ['B', 'kB', 'MB', 'GB', 'TB'];
