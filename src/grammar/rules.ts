/** The rules of a grammar in the making; each has a name of letters, digits and hyphens. */
export class Rules {
  readonly #rules = new Map<string, string>();

  /** Adds a rule under a name, which is made unlike any other unless the same rule has it already; gives the name. */
  add(wanted: string, body: string): string {
    const base = wanted.replace(/[^a-zA-Z0-9]+/g, '-').replace(/^-+|-+$/g, '') || 'rule';
    for (let number = 1; ; number++) {
      const name = number === 1 ? base : `${base}-${number}`;
      const known = this.#rules.get(name);
      if (known !== undefined && known !== body) continue;
      this.#rules.set(name, body);
      return name;
    }
  }

  /** Takes a name before its rule is known, for rules that refer to themselves. */
  reserve(wanted: string): string {
    return this.add(wanted, `\0${this.#rules.size}`);
  }

  /** Gives a reserved name its rule. */
  define(name: string, body: string): void {
    this.#rules.set(name, body);
  }

  /** The grammar as text, `root` first. */
  toString(): string {
    return [...this.#rules]
      .sort(([a], [b]) => Number(b === 'root') - Number(a === 'root'))
      .map(([name, body]) => `${name} ::= ${body}\n`)
      .join('');
  }
}

/** A text that stands as it is. */
export function literal(text: string): string {
  const escaped = text.replace(/["\\\n\r\t]/g, (character) => escapes[character]!);
  // llama.cpp's grammars know no other control characters; in JSON texts they are escaped anyway.
  return `"${escaped}"`;
}

const escapes: Record<string, string> = { '"': '\\"', '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/** Between `least` and `most` times; `most` null is without limit. */
export function repeated(rule: string, least: number, most: number | null): string {
  if (least === 0 && most === null) return `${rule}*`;
  if (least === 1 && most === null) return `${rule}+`;
  if (least === 0 && most === 1) return `${rule}?`;
  return `${rule}{${least},${most ?? ''}}`;
}
