import { readFile } from 'node:fs/promises';
import { parquetReadObjects } from 'hyparquet';
import { type BasicType, parquetWriteBuffer } from 'hyparquet-writer';
import { type ErrorCode, SteerbenchError } from '../errors.ts';
import { atomicWrite } from './atomic-write.ts';
import { readFailure } from './read-failure.ts';

/** A named column of a table; null is a missing value. */
export type ParquetColumn =
  | { name: string; type: 'string'; values: readonly (string | null)[] }
  | { name: string; type: 'boolean'; values: readonly (boolean | null)[] }
  /** `int32` takes whole numbers of 32 bits, `float64` finite numbers. */
  | { name: string; type: 'int32' | 'float64'; values: readonly (number | null)[] };

/**
 * Writes a table as a Parquet file (Snappy). The same columns give the same bytes.
 *
 * @param columns All of the same length; every column may hold nulls.
 * @throws RangeError for columns of unequal length or a value that its type cannot hold, NaN among them: what could
 * not be computed is null. SteerbenchError `write-failed`.
 * @example
 * await writeParquet('scores.parquet', [
 *   { name: 'item', type: 'int32', values: [0, 1] },
 *   { name: 'propensity', type: 'float64', values: [1.5, null] },
 * ]);
 */
export async function writeParquet(path: string, columns: readonly ParquetColumn[]): Promise<void> {
  for (const column of columns) checkColumn(column, columns[0]!.values.length);
  const bytes = parquetWriteBuffer({
    columnData: columns.map(({ name, type, values }) => ({
      name,
      data: [...values],
      type: storedTypes[type],
      nullable: true,
    })),
    createdBy: 'steerbench',
  });
  await atomicWrite(path, new Uint8Array(bytes));
}

const storedTypes: Record<ParquetColumn['type'], BasicType> = {
  string: 'STRING',
  boolean: 'BOOLEAN',
  int32: 'INT32',
  float64: 'DOUBLE',
};

function checkColumn({ name, type, values }: ParquetColumn, length: number): void {
  if (values.length !== length) {
    throw new RangeError(`invalid column "${name}": ${values.length} values; the first column has ${length}`);
  }
  const bad = values.findIndex((value) => value !== null && !holds[type](value));
  if (bad !== -1) throw new RangeError(`invalid column "${name}", row ${bad}: ${values[bad]} is no ${type}`);
}

const holds: Record<ParquetColumn['type'], (value: unknown) => boolean> = {
  string: (value) => typeof value === 'string',
  boolean: (value) => typeof value === 'boolean',
  int32: (value) => Number.isInteger(value) && (value as number) === ((value as number) | 0),
  float64: (value) => Number.isFinite(value),
};

/**
 * Reads a Parquet file whole, as one object a row.
 *
 * @param code Error code for a malformed file. Default `file-malformed`.
 * @throws SteerbenchError naming the file; `read-failed`.
 * @example
 * (await readParquet('scores.parquet'))[0]; // { item: 0, propensity: 1.5 }
 */
export async function readParquet(
  path: string,
  code: ErrorCode = 'file-malformed',
): Promise<Record<string, unknown>[]> {
  const bytes = await readFile(path).catch((cause) => {
    throw readFailure(path, cause, code);
  });
  try {
    // Copied: a small file's Buffer lies somewhere in a shared pool.
    return await parquetReadObjects({ file: new Uint8Array(bytes).buffer });
  } catch (cause) {
    throw new SteerbenchError(code, `"${path}" is not a readable Parquet file: ${(cause as Error).message}`, {
      remedy: 'write the file again',
      cause,
    });
  }
}
