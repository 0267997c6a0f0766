import { plainCharacter, space } from './json-rules.ts';
import { literal, type Rules } from './rules.ts';

/** A declared property of an object. */
export interface Property {
  key: string;
  required: boolean;
  /** Rule of its value. */
  value: string;
}

/**
 * The rule of an object: declared properties in their order, then others.
 *
 * @param others Rule of the value of properties that are not declared; null allows none
 */
export function objectRule(
  rules: Rules,
  name: string,
  properties: Property[],
  others: string | null,
): string {
  const gap = space(rules);
  const pairs = properties.map(({ key, value }) =>
    rules.add(`${name}-${key}`, `${literal(JSON.stringify(key))} ${gap} ":" ${gap} ${value}`),
  );
  // Two chains of rules from the last property to the first: after a property that was written, and before any was.
  let after: string;
  let before: string;
  if (others === null) {
    after = '""';
    before = '""';
  } else {
    const key = otherKey(
      rules,
      `${name}-key`,
      properties.map((property) => property.key),
    );
    const pair = rules.add(`${name}-other`, `${key} ${gap} ":" ${gap} ${others}`);
    after = rules.add(`${name}-others`, `("," ${gap} ${pair})*`);
    before = rules.add(`${name}-only-others`, `(${pair} ${after})?`);
  }
  for (let i = properties.length - 1; i >= 0; i--) {
    const pair = pairs[i]!;
    const following = `"," ${gap} ${pair} ${after}`;
    const first = `${pair} ${after}`;
    const optional = !properties[i]!.required;
    before = rules.add(`${name}-from-${i}`, optional ? `${first} | ${before}` : first);
    after = rules.add(`${name}-after-${i}`, optional ? `${following} | ${after}` : following);
  }
  return rules.add(name, `"{" ${gap} ${before} ${gap} "}"`);
}

/**
 * A key unlike any declared one: written without escapes, so that no other spelling of a declared one slips in.
 *
 * A tree of the declared keys' characters; at each node a character that leads on to none of them ends the likeness.
 */
function otherKey(rules: Rules, name: string, keys: string[]): string {
  const tail = (prefix: string): string => {
    const next = [
      ...new Set(
        keys
          .filter((key) => key.startsWith(prefix) && key !== prefix)
          .map((key) => firstOf(key.slice(prefix.length))),
      ),
    ];
    const alternatives = next.map((one) => `${inClass([one])} ${node(prefix + one)}`);
    alternatives.push(`${inClass(next, true)} ${plainCharacter()}*`);
    return `(${alternatives.join(' | ')})`;
  };
  const node = (prefix: string): string => {
    // A key that is no declared one may end here.
    const end = keys.includes(prefix) ? '' : '?';
    return rules.add(name, `${tail(prefix)}${end}`);
  };
  // The empty key is one like any other.
  return rules.add(name, `"\\"" ${node('')} "\\""`);
}

function firstOf(text: string): string {
  return String.fromCodePoint(text.codePointAt(0)!);
}

/** A class of these characters, or of all others that may stand in a key as they are. */
function inClass(characters: string[], negated = false): string {
  const listed = characters.map((one) => {
    const code = one.codePointAt(0)!;
    return /[a-zA-Z0-9]/.test(one) ? one : `\\U${code.toString(16).padStart(8, '0')}`;
  });
  return negated ? plainCharacter(listed.join('')) : `[${listed.join('')}]`;
}
