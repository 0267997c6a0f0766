/**
 * Rows as text, each column as wide as its widest cell, two blanks between.
 *
 * @example
 * alignColumns([['a', 'b'], ['long', 'c']]); // 'a     b\nlong  c'
 */
export function alignColumns(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  const line = (row: readonly string[]) => row.map((cell, i) => cell.padEnd(widths[i]!)).join('  ');
  return rows.map((row) => line(row).trimEnd()).join('\n');
}
