/**
 * How long an answer's `Retry-After` header asks to wait, in ms, in either of its forms (seconds or a date).
 *
 * Null without one, or where it is neither; 0 for a date that is past. Source: RFC 9110, section 10.2.3.
 *
 * @example
 * retryAfterMs(new Headers({ 'retry-after': '2' })); // 2000
 */
export function retryAfterMs(headers: Headers): number | null {
  const value = headers.get('retry-after');
  if (value === null) return null;
  if (/^\d+$/.test(value)) return Number(value) * 1000;
  const date = Date.parse(value);
  return Number.isNaN(date) ? null : Math.max(0, date - Date.now());
}
