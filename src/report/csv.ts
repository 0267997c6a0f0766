import type { FigureTable } from '../plots/figure.ts';

/** A table as CSV: every digit, empty for null, quoted where needed (RFC 4180, but with plain line feeds). */
export function toCsv({ columns, rows }: FigureTable): string {
  const cell = (value: string | number | null): string => {
    const text = value === null ? '' : `${value}`.replace(/\p{Surrogate}/gu, '\ufffd');
    return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  return [columns, ...rows].map((row) => `${row.map(cell).join(',')}\n`).join('');
}

/** CSV as the address of a link: only what an address or the page could misread is escaped, so that it stays short. */
export function csvAddress(csv: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is escaped
  const escaped = csv.replace(/[%#"'&<>\u0000-\u0020\u007f-\uffff]+/g, (part) => encodeURIComponent(part));
  return `data:text/csv;charset=utf-8,${escaped}`;
}
