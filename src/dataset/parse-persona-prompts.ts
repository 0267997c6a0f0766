import { SteerbenchError } from '../errors.ts';

/**
 * Reads the published file of persona prompts, which is Python source: the pairs of its table `PERSONA_PROMPTS`.
 *
 * Nothing is evaluated. Known are a docstring, imports, comments, and assignments of tables `{"name": ("positive",
 * "negative"), **OTHER_TABLE}`; reading ends with the table that is wanted, and anything else before it is a fault.
 *
 * @param file Name of the file in messages.
 * @returns Pairs by dataset, in the order of the table.
 * @throws SteerbenchError `data-malformed`, naming file and line.
 * @example
 * parsePersonaPrompts('PERSONA_PROMPTS = {"x": ("You are x.", "You are not x.")}', 'p.py').get('x');
 * // ['You are x.', 'You are not x.']
 */
export function parsePersonaPrompts(source: string, file: string): Map<string, [string, string]> {
  const reader = new PythonReader(source, file);
  const tables = new Map<string, Map<string, [string, string]>>();
  for (;;) {
    reader.skipLayout();
    if (reader.take(/(?:from|import)\b[^\n(]*(?:\n|$)/y) !== null) continue;
    if (reader.take(/"""[\s\S]*?"""/y) !== null) continue;
    const name = reader.need(/[A-Za-z_]\w*/y, `a table, or the one called ${wanted}`);
    reader.take(/[ \t]*:[^=\n]*/y);
    reader.need(/[ \t]*=[ \t]*/y, '"="');
    const table = readTable(reader, tables);
    if (name === wanted) return table;
    tables.set(name, table);
  }
}

const wanted = 'PERSONA_PROMPTS';

function readTable(
  reader: PythonReader,
  tables: ReadonlyMap<string, ReadonlyMap<string, [string, string]>>,
): Map<string, [string, string]> {
  const pairs = new Map<string, [string, string]>();
  const add = (key: string, pair: [string, string]): void => {
    if (pairs.has(key)) reader.fail(`a second entry "${key}"`);
    pairs.set(key, pair);
  };
  reader.need(/\{/y, '"{"');
  while (!reader.ends(/\}/y)) {
    if (reader.take(/\*\*/y) !== null) {
      const name = reader.need(/[A-Za-z_]\w*/y, 'the name of a table');
      const other = tables.get(name);
      if (other === undefined) return reader.fail(`a table "${name}" that is not defined above`);
      for (const [key, pair] of other) add(key, pair);
    } else {
      const key = readText(reader);
      reader.needAfterLayout(/:/y, '":"');
      add(key, readPair(reader));
    }
    if (reader.takeAfterLayout(/,/y) === null && !reader.ends(/\}/y))
      return reader.fail('expected "," or "}"');
  }
  reader.need(/\}/y, '"}"');
  return pairs;
}

function readPair(reader: PythonReader): [string, string] {
  reader.needAfterLayout(/\(/y, '"("');
  const positive = readText(reader);
  reader.needAfterLayout(/,/y, '","');
  const negative = readText(reader);
  reader.takeAfterLayout(/,/y);
  reader.needAfterLayout(/\)/y, '")", as a pair has two prompts');
  return [positive, negative];
}

/** One string, or several beside each other, which Python joins. */
function readText(reader: PythonReader): string {
  const literal = /"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'/y;
  let text = unquoted(reader.needAfterLayout(literal, 'a string in quotes'), reader);
  for (;;) {
    const next = reader.takeAfterLayout(literal);
    if (next === null) return text;
    text += unquoted(next, reader);
  }
}

function unquoted(literal: string, reader: PythonReader): string {
  return literal.slice(1, -1).replaceAll(/\\(u[0-9a-fA-F]{4}|.)/g, (written, code: string) => {
    if (code.length === 5) return String.fromCharCode(Number.parseInt(code.slice(1), 16));
    return escapes[code] ?? reader.fail(`the escape "${written}"`);
  });
}

const escapes: Record<string, string> = { '"': '"', "'": "'", '\\': '\\', n: '\n', t: '\t' };

/** A place in Python source. */
class PythonReader {
  private position = 0;
  private readonly source: string;
  private readonly file: string;

  constructor(source: string, file: string) {
    this.source = source.replaceAll('\r\n', '\n');
    this.file = file;
  }

  /** Passes blanks, line ends and comments. */
  skipLayout(): void {
    this.take(/(?:[ \t\n]|#[^\n]*)+/y);
  }

  /** What the pattern (sticky) finds here, passed; null where it finds nothing. */
  take(pattern: RegExp): string | null {
    pattern.lastIndex = this.position;
    const found = pattern.exec(this.source)?.[0] ?? null;
    this.position += found?.length ?? 0;
    return found;
  }

  /** As {@link take}, but finding nothing is a fault. */
  need(pattern: RegExp, what: string): string {
    return this.take(pattern) ?? this.fail(`expected ${what}`);
  }

  /** As {@link take}, after blanks and comments, which stay where nothing is found. */
  takeAfterLayout(pattern: RegExp): string | null {
    const before = this.position;
    this.skipLayout();
    const found = this.take(pattern);
    if (found === null) this.position = before;
    return found;
  }

  /** As {@link need}, after blanks and comments. */
  needAfterLayout(pattern: RegExp, what: string): string {
    this.skipLayout();
    return this.need(pattern, what);
  }

  /** Passes blanks and comments, and tells whether the pattern is next, which is not passed. */
  ends(pattern: RegExp): boolean {
    this.skipLayout();
    pattern.lastIndex = this.position;
    return pattern.test(this.source);
  }

  /** The fault at this place. */
  fail(found: string): never {
    const line = this.source.slice(0, this.position).split('\n').length;
    const place =
      this.position >= this.source.length ? `${this.file}: at its end` : `${this.file} line ${line}`;
    throw new SteerbenchError(
      'data-malformed',
      `${place}: not the published form of persona prompts: ${found}`,
      {
        remedy: 'fetch it again: `steerbench data pull persona-prompts`',
      },
    );
  }
}
