import { excludeEachOther } from './exclusive.ts';
import { anyNumber, anyString, anyValue, character, exactly, space, wholeNumber } from './json-rules.ts';
import { objectRule } from './object-rule.ts';
import { Rules, repeated } from './rules.ts';
import {
  annotations,
  asSchema,
  count,
  impliedType,
  keywordsOf,
  limits,
  only,
  refused,
  resolvePointer,
} from './schema-words.ts';

const formats: Record<string, string> = {
  date: '[0-9]{4} "-" ("0" [1-9] | "1" [0-2]) "-" ("0" [1-9] | "1" [0-9] | "2" [0-8])',
  time: '("0" [0-9] | "1" [0-9] | "2" [0-3]) ":" [0-5] [0-9] ":" [0-5] [0-9] ("." [0-9]{1,6})? "Z"',
  uuid: '[0-9a-f]{8} "-" [0-9a-f]{4} "-" [1-5] [0-9a-f]{3} "-" [89ab] [0-9a-f]{3} "-" [0-9a-f]{12}',
};

/**
 * A grammar (GBNF) whose texts are JSON values that a JSON Schema accepts.
 *
 * Understood: `type`, `properties`, `required`, `additionalProperties`, `items`, `prefixItems`, `minItems`, `maxItems`,
 * `minLength`, `maxLength`, `format` (date, time, date-time, uuid), limits of integers, `enum`, `const`, `anyOf`,
 * `oneOf` of alternatives that exclude each other, `$ref` within the document. Properties come in the order of the
 * schema, and those that are not declared only where `additionalProperties` says so. Days go up to 28, so that every
 * date exists.
 *
 * @throws SteerbenchError `grammar-malformed`, naming the keyword that is not understood and where it stands
 * @example
 * grammarOfSchema({ type: 'object', properties: { age: { type: 'integer' } }, required: ['age'] });
 */
export function grammarOfSchema(schema: unknown): string {
  const converter = new Converter(schema);
  return converter.convert();
}

/** The grammar of any JSON object: for an answer that must be JSON and nothing more. */
export function grammarOfAnyObject(): string {
  const rules = new Rules();
  anyValue(rules);
  rules.add('root', 'object');
  return rules.toString();
}

class Converter {
  readonly #root: unknown;
  readonly #rules = new Rules();
  /** Rule by reference. */
  readonly #references = new Map<string, string>();
  #visited = 0;

  constructor(root: unknown) {
    this.#root = root;
  }

  convert(): string {
    this.#rules.reserve('root');
    const rule = this.#ruleOf(this.#root, '#', 'answer', 0);
    this.#rules.define('root', rule);
    return this.#rules.toString();
  }

  #ruleOf(given: unknown, at: string, name: string, depth: number): string {
    if (depth > limits.depth) throw refused(at, `it is nested more than ${limits.depth} deep`);
    if (++this.#visited > limits.rules) throw refused(at, `it has more than ${limits.rules} parts`);
    const schema = asSchema(given, at);
    if (schema === true) return anyValue(this.#rules);
    if (schema === false) throw refused(at, '"false" accepts nothing');
    if (schema['$ref'] !== undefined) return this.#reference(schema, at, depth);
    for (const word of ['enum', 'const', 'anyOf', 'oneOf'] as const) {
      if (schema[word] === undefined) continue;
      this.#onlyWith(schema, at, [word, ...(word === 'enum' || word === 'const' ? ['type'] : [])]);
      return this.#alternatives(schema, word, at, name, depth);
    }
    const type = schema['type'];
    if (Array.isArray(type)) {
      const rules = type.map((one) =>
        this.#ruleOf({ ...only(schema, String(one)), type: one }, at, name, depth + 1),
      );
      const known = new Set(type.flatMap((one) => keywordsOf[String(one)] ?? []));
      this.#onlyWith(schema, at, ['type', ...known]);
      return this.#rules.add(name, rules.join(' | '));
    }
    return this.#typed(schema, type ?? impliedType(schema), at, name, depth);
  }

  #typed(schema: Record<string, unknown>, type: unknown, at: string, name: string, depth: number): string {
    if (type === undefined) {
      this.#onlyWith(schema, at, []);
      return anyValue(this.#rules);
    }
    const known = typeof type === 'string' ? keywordsOf[type] : undefined;
    if (known === undefined) throw refused(`${at}/type`, `there is no type ${JSON.stringify(type)}`);
    this.#onlyWith(schema, at, ['type', ...known]);
    switch (type) {
      case 'object':
        return this.#object(schema, at, name, depth);
      case 'array':
        return this.#array(schema, at, name, depth);
      case 'string':
        return this.#string(schema, at, name);
      case 'integer':
        return this.#integer(schema, at);
      case 'number':
        return anyNumber(this.#rules);
      case 'boolean':
        return this.#rules.add('boolean', '"true" | "false"');
      default:
        return this.#rules.add('null', '"null"');
    }
  }

  #reference(schema: Record<string, unknown>, at: string, depth: number): string {
    this.#onlyWith(schema, at, ['$ref']);
    const reference = String(schema['$ref']);
    const known = this.#references.get(reference);
    if (known !== undefined) return known;
    const target = resolvePointer(this.#root, reference, `${at}/$ref`);
    const rule = this.#rules.reserve(`ref-${reference.split('/').at(-1) ?? ''}`);
    this.#references.set(reference, rule);
    const body = this.#ruleOf(target, reference, rule, depth + 1);
    if (body === rule) throw refused(at, `the reference "${reference}" leads to itself`);
    this.#rules.define(rule, body);
    return rule;
  }

  #alternatives(
    schema: Record<string, unknown>,
    word: 'enum' | 'const' | 'anyOf' | 'oneOf',
    at: string,
    name: string,
    depth: number,
  ): string {
    const values = word === 'const' ? [schema[word]] : schema[word];
    if (!Array.isArray(values) || values.length === 0)
      throw refused(`${at}/${word}`, 'it is no list with something in it');
    if (word === 'enum' || word === 'const') {
      const types = schema['type'] === undefined ? null : [schema['type']].flat();
      const fitting = values.filter((value) => types === null || types.some((type) => isOfType(value, type)));
      if (fitting.length === 0) throw refused(`${at}/${word}`, 'no value is of the type');
      return this.#rules.add(name, fitting.map(exactly).join(' | '));
    }
    if (word === 'oneOf') this.#checkExclusive(values, `${at}/oneOf`);
    const rules = values.map((one, index) =>
      this.#ruleOf(one, `${at}/${word}/${index}`, `${name}-${index}`, depth + 1),
    );
    return this.#rules.add(name, rules.join(' | '));
  }

  /** Alternatives exclude each other by their types, or by a required property with values of its own in each. */
  #checkExclusive(alternatives: unknown[], at: string): void {
    const resolved = alternatives.map((one, index) => {
      const schema = asSchema(one, `${at}/${index}`);
      const target =
        typeof schema === 'object' && schema['$ref'] !== undefined
          ? asSchema(resolvePointer(this.#root, String(schema['$ref']), at), at)
          : schema;
      return typeof target === 'object' ? target : {};
    });
    for (const [i, a] of resolved.entries()) {
      for (const b of resolved.slice(i + 1)) {
        if (!excludeEachOther(a, b))
          throw refused(
            at,
            'its alternatives do not plainly exclude each other, and a grammar cannot count how many accept a value',
            'use "anyOf", or give each alternative a required property with a "const" of its own',
          );
      }
    }
  }

  #object(schema: Record<string, unknown>, at: string, name: string, depth: number): string {
    const declared = schema['properties'] ?? {};
    if (typeof declared !== 'object' || declared === null || Array.isArray(declared))
      throw refused(`${at}/properties`, 'it is no object');
    const required = schema['required'] ?? [];
    if (!Array.isArray(required) || required.some((key) => typeof key !== 'string'))
      throw refused(`${at}/required`, 'it is no list of names');
    const properties = Object.entries(declared).map(([key, value]) => ({
      key,
      required: required.includes(key),
      value: this.#ruleOf(value, `${at}/properties/${key}`, `${name}-${key}-value`, depth + 1),
    }));
    const additional = schema['additionalProperties'];
    const undeclared = required.filter((key) => !Object.hasOwn(declared, key as string));
    if (undeclared.length > 0 && additional === false)
      throw refused(`${at}/required`, `"${undeclared[0]}" is required and forbidden`);
    const others = this.#others(additional, properties.length > 0 || undeclared.length > 0, at, name, depth);
    for (const key of undeclared) {
      const value = others ?? anyValue(this.#rules);
      properties.push({ key: key as string, required: true, value });
    }
    return objectRule(this.#rules, name, properties, others);
  }

  /** The value of properties that are not declared; an object that declares none and says nothing may have any. */
  #others(additional: unknown, declares: boolean, at: string, name: string, depth: number): string | null {
    if (additional === undefined) return declares ? null : anyValue(this.#rules);
    if (additional === false) return null;
    return this.#ruleOf(additional, `${at}/additionalProperties`, `${name}-other-value`, depth + 1);
  }

  #array(schema: Record<string, unknown>, at: string, name: string, depth: number): string {
    const gap = space(this.#rules);
    const prefix = schema['prefixItems'] ?? [];
    if (!Array.isArray(prefix)) throw refused(`${at}/prefixItems`, 'it is no list');
    const first = prefix.map((one, index) =>
      this.#ruleOf(one, `${at}/prefixItems/${index}`, `${name}-item-${index}`, depth + 1),
    );
    const least = count(schema, 'minItems', at) ?? 0;
    const most = count(schema, 'maxItems', at);
    if (most !== null && most < least) throw refused(`${at}/maxItems`, `${most} is less than minItems`);
    if (most !== null && most < first.length) first.length = most;
    const rest =
      schema['items'] === false || (most !== null && most === first.length)
        ? null
        : this.#ruleOf(schema['items'] ?? true, `${at}/items`, `${name}-item`, depth + 1);
    if (rest === null && least > first.length)
      throw refused(`${at}/minItems`, `there can be no more than ${first.length} items`);
    if (first.length > 0) return this.#tuple(first, rest, { least, most }, name);
    if (rest === null) return this.#rules.add(name, `"[" ${gap} "]"`);
    const more = repeated(`("," ${gap} ${rest})`, Math.max(0, least - 1), most === null ? null : most - 1);
    const items = `${rest} ${more}`;
    return this.#rules.add(name, `"[" ${gap} ${least === 0 ? `(${items})?` : items} ${gap} "]"`);
  }

  /** Items each with a rule of its own, of which the last ones may be left out as far as `least` allows. */
  #tuple(
    first: string[],
    rest: string | null,
    { least, most }: { least: number; most: number | null },
    name: string,
  ): string {
    const gap = space(this.#rules);
    const left = (limit: number) => Math.max(0, limit - first.length);
    let tail =
      rest === null ? '""' : repeated(`("," ${gap} ${rest})`, left(least), most === null ? null : left(most));
    for (let i = first.length - 1; i >= 0; i--) {
      const item = `${i === 0 ? '' : `"," ${gap} `}${first[i]} ${tail}`;
      tail = this.#rules.add(`${name}-tail`, i >= least ? `(${item})?` : item);
    }
    return this.#rules.add(name, `"[" ${gap} ${tail} ${gap} "]"`);
  }

  #string(schema: Record<string, unknown>, at: string, name: string): string {
    const { format } = schema;
    const least = count(schema, 'minLength', at);
    const most = count(schema, 'maxLength', at);
    if (format !== undefined) {
      if (least !== null || most !== null)
        throw refused(`${at}/format`, 'together with a length it is not understood');
      return this.#formatted(String(format), at);
    }
    if (least === null && most === null) return anyString(this.#rules);
    if (most !== null && most < (least ?? 0))
      throw refused(`${at}/maxLength`, `${most} is less than minLength`);
    return this.#rules.add(name, `"\\"" ${repeated(character(this.#rules), least ?? 0, most)} "\\""`);
  }

  #formatted(format: string, at: string): string {
    const moment = format === 'date-time';
    const body = moment ? `${this.#format('date')} "T" ${this.#format('time')}` : formats[format];
    if (body === undefined) {
      throw refused(`${at}/format`, `the format ${JSON.stringify(format)} is not understood`);
    }
    return this.#rules.add(`${format}-string`, `"\\"" ${moment ? body : this.#format(format)} "\\""`);
  }

  #format(name: string): string {
    return this.#rules.add(name, formats[name]!);
  }

  #integer(schema: Record<string, unknown>, at: string): string {
    const limit = (word: string) => {
      const value = schema[word];
      if (value === undefined) return null;
      if (typeof value !== 'number' || !Number.isFinite(value))
        throw refused(`${at}/${word}`, 'it is no number');
      return value;
    };
    const lows = [up(limit('minimum')), above(limit('exclusiveMinimum'))].filter((one) => one !== null);
    const highs = [down(limit('maximum')), below(limit('exclusiveMaximum'))].filter((one) => one !== null);
    try {
      return wholeNumber(
        this.#rules,
        lows.length === 0 ? null : Math.max(...lows),
        highs.length === 0 ? null : Math.min(...highs),
      );
    } catch (error) {
      throw refused(at, (error as Error).message);
    }
  }

  #onlyWith(schema: Record<string, unknown>, at: string, known: string[]): void {
    const foreign = Object.keys(schema).find((word) => !annotations.has(word) && !known.includes(word));
    if (foreign === undefined) return;
    const beside = known.length > 0 ? ` beside ${known.map((word) => `"${word}"`).join(', ')}` : '';
    throw refused(`${at}/${foreign}`, `the keyword "${foreign}" is not understood${beside}`);
  }
}

function isOfType(value: unknown, type: unknown): boolean {
  if (type === 'null') return value === null;
  if (type === 'array') return Array.isArray(value);
  if (type === 'integer') return Number.isInteger(value);
  if (type === 'object') return typeof value === 'object' && value !== null && !Array.isArray(value);
  return typeof value === type;
}

const up = (value: number | null) => (value === null ? null : Math.ceil(value));
const down = (value: number | null) => (value === null ? null : Math.floor(value));
const above = (value: number | null) => (value === null ? null : Math.floor(value) + 1);
const below = (value: number | null) => (value === null ? null : Math.ceil(value) - 1);
