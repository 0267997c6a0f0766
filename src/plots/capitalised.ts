/**
 * A text with its first letter large.
 *
 * @example
 * capitalised('letter and word'); // 'Letter and word'
 */
export function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
