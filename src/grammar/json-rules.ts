import { integerRange } from './integer-range.ts';
import { literal, type Rules } from './rules.ts';

/** Fraction digits and exponent digits that a number may have: without a limit one could be written for ever. */
const numberTail = '("." [0-9]{1,15})? ([eE] [-+]? [0-9]{1,3})?';

/** White space between two parts of a JSON text: a space, or a new line with its indentation, or none. */
export function space(rules: Rules): string {
  return rules.add('space', '| " " | "\\n" [ \\t]{0,20}');
}

/** A character that may stand in a JSON string as it is, those left out that `except` lists in a class's form. */
export function plainCharacter(except = ''): string {
  return `[^"\\\\\\x7F\\x00-\\x1F\\U0000D800-\\U0000DFFF\\U00110000-\\U001FFFFF${except}]`;
}

/** One character of a JSON string; half a surrogate pair cannot be written. */
export function character(rules: Rules): string {
  return rules.add(
    'character',
    `${plainCharacter()} | "\\\\" (["\\\\bfnrt] | "u" ([0-9a-cefA-CEF] [0-9a-fA-F]{3} | [dD] [0-7] [0-9a-fA-F]{2}))`,
  );
}

/** A JSON string of any length. */
export function anyString(rules: Rules): string {
  return rules.add('string', `"\\"" ${character(rules)}* "\\""`);
}

/** A JSON number. */
export function anyNumber(rules: Rules): string {
  return rules.add('number', `("-"? ("0" | [1-9] [0-9]{0,14})) ${numberTail}`);
}

/** A whole number, within limits; null is none. */
export function wholeNumber(rules: Rules, least: number | null, most: number | null): string {
  return rules.add('integer', integerRange(least, most));
}

/** Any JSON value. */
export function anyValue(rules: Rules): string {
  const name = rules.add('value', 'object | array | string | number | "true" | "false" | "null"');
  anyString(rules);
  anyNumber(rules);
  const gap = space(rules);
  rules.add('array', `"[" ${gap} (value ("," ${gap} value)*)? ${gap} "]"`);
  rules.add(
    'object',
    `"{" ${gap} (string ":" ${gap} value ("," ${gap} string ":" ${gap} value)*)? ${gap} "}"`,
  );
  return name;
}

/** A value that is given whole, written as JSON without white space. */
export function exactly(value: unknown): string {
  return literal(JSON.stringify(value));
}
