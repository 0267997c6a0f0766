/** A piece of HTML that is safe to place in a page: made by the `html` tag only, never by data. */
export class Html {
  readonly #source: string;

  constructor(source: string) {
    this.#source = source;
  }

  /** The markup. */
  get source(): string {
    return this.#source;
  }
}

/** What may stand in an `html` template: text and numbers are escaped, nothing is written for null and false. */
export type HtmlValue = string | number | null | false | undefined | Html | readonly HtmlValue[];

/**
 * Builds HTML; every value that is not itself `Html` is escaped, so data can never become markup. Values may stand
 * between tags or inside double-quoted attributes, nowhere else.
 *
 * @example
 * html`<p title="${'"'}">${'<b>'}</p>`.source; // '<p title="&quot;">&lt;b&gt;</p>'
 */
export function html(parts: TemplateStringsArray, ...values: HtmlValue[]): Html {
  return new Html(
    parts.reduce((page, part, k) => page + part + (k < values.length ? render(values[k]) : ''), ''),
  );
}

/** Markup that a part of this program drew from escaped values, such as an SVG. */
export function trusted(markup: string): Html {
  return new Html(markup);
}

/**
 * Text as HTML: the five special characters written as entities, control characters as their pictures, and half of
 * a surrogate pair, which no file can hold, as the replacement character.
 */
export function escapeHtml(text: string): string {
  return visibleControls(text).replace(/[&<>"']/g, (character) => entities[character]!);
}

/** Control characters but newline and tab as visible pictures, unpaired surrogates as U+FFFD. */
export function visibleControls(text: string): string {
  return (
    text
      .replaceAll('\r\n', '\n')
      // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
      .replace(/[\u0000-\u0008\u000b-\u001f]/g, (character) =>
        String.fromCharCode(0x2400 + character.charCodeAt(0)),
      )
      .replace(/[\u007f-\u009f]/g, '\u2421')
      .replace(/\p{Surrogate}/gu, '\ufffd')
  );
}

const entities: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function render(value: HtmlValue): string {
  if (value === null || value === undefined || value === false) return '';
  if (value instanceof Html) return value.source;
  if (Array.isArray(value)) return value.map(render).join('');
  return escapeHtml(String(value));
}
