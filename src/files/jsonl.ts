import { readFile } from 'node:fs/promises';
import { type ErrorCode, SteerbenchError } from '../errors.ts';
import { readFailure } from './read-failure.ts';

/** One value of a JSON Lines file with the place it came from. */
export interface JsonLine {
  /** 1-based line in the file, counting blank lines: what an editor shows. */
  line: number;
  value: unknown;
}

/**
 * Reads a JSON Lines file: one JSON value a line, in UTF-8.
 *
 * A byte order mark, CRLF line ends and blank lines are accepted.
 *
 * @param code Error code for a malformed line. Default `data-malformed`.
 * @throws SteerbenchError naming file and line; `data-not-found`, `read-failed`.
 * @example
 * for (const { line, value } of await readJsonLines('items.jsonl')) console.log(line, value);
 */
export async function readJsonLines(path: string, code: ErrorCode = 'data-malformed'): Promise<JsonLine[]> {
  let bytes: Uint8Array;
  try {
    bytes = await readFile(path);
  } catch (cause) {
    throw readFailure(path, cause, code);
  }
  return [...parseJsonLines(bytes, path, code)];
}

/**
 * The values of JSON Lines bytes, one at a time; {@link readJsonLines} without the file.
 *
 * @param source Name of the bytes in error messages.
 * @example
 * [...parseJsonLines(Buffer.from('{"a":1}\n'), 'items.jsonl')]; // [{ line: 1, value: { a: 1 } }]
 */
export function* parseJsonLines(
  bytes: Uint8Array,
  source: string,
  code: ErrorCode = 'data-malformed',
): Generator<JsonLine> {
  // The mark is cut by hand, at the start of the file only.
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  let start = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
  for (let line = 1; start < bytes.length; line++) {
    const end = lineEnd(bytes, start);
    const text = decodeLine(decoder, bytes.subarray(start, end), source, line, code);
    if (!blank.test(text)) yield { line, value: parseLine(text, source, line, code) };
    start = end + 1;
  }
}

/** JSON's own white space, which is less than what `trim` removes. */
const blank = /^[ \t\r]*$/;

function lineEnd(bytes: Uint8Array, start: number): number {
  const end = bytes.indexOf(0x0a, start);
  return end === -1 ? bytes.length : end;
}

function decodeLine(
  decoder: InstanceType<typeof TextDecoder>,
  bytes: Uint8Array,
  source: string,
  line: number,
  code: ErrorCode,
): string {
  try {
    return decoder.decode(bytes);
  } catch (cause) {
    throw new SteerbenchError(code, `"${source}" line ${line}: not valid UTF-8`, {
      remedy: 'save the file as UTF-8',
      cause,
    });
  }
}

function parseLine(text: string, source: string, line: number, code: ErrorCode): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    const shown = text.length > 60 ? `${text.slice(0, 60)}…` : text;
    throw new SteerbenchError(code, `"${source}" line ${line}: not a JSON value: ${shown}`, {
      remedy: 'write one JSON value on each line',
      cause,
    });
  }
}
