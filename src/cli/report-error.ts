import { SteerbenchError } from '../errors.ts';
import { exitCodeOf, exitCodes } from './exit-codes.ts';

/** How an error is shown. */
export interface ErrorStyle {
  /** With the stack of an error that nobody foresaw. */
  verbose: boolean;
  /** As one line of JSON. */
  json: boolean;
}

/**
 * The text that an error puts on standard error, and the program's exit code.
 *
 * @example
 * const { text, exitCode } = describeError(error, { verbose: false, json: false });
 */
export function describeError(error: unknown, style: ErrorStyle): { text: string; exitCode: number } {
  const { code, message, remedy, exitCode } = facts(error, style.verbose);
  if (style.json) return { text: `${JSON.stringify({ kind: 'error', code, message, remedy })}\n`, exitCode };
  const lines = [`steerbench: ${message}`, ...(remedy === '' ? [] : [`  ${remedy}`])];
  return { text: `${lines.join('\n')}\n`, exitCode };
}

interface ErrorFacts {
  code: string;
  message: string;
  remedy: string;
  exitCode: number;
}

function facts(error: unknown, verbose: boolean): ErrorFacts {
  if (error instanceof SteerbenchError) {
    const { code, message, remedy } = error;
    return { code, message, remedy, exitCode: exitCodeOf(code) };
  }
  if (isWrongUse(error)) {
    return { code: 'wrong-use', message: error.message, remedy: '', exitCode: exitCodes.wrongUse };
  }
  const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  const stack = error instanceof Error ? (error.stack ?? '') : '';
  const remedy = verbose ? stack : 'this is a fault of steerbench; give --verbose to see where it arose';
  return { code: 'unexpected', message, remedy, exitCode: exitCodes.failed };
}

/** The functions of this program refuse wrong use by these two; Node's own carry a code and are no use of ours. */
export function isWrongUse(error: unknown): error is TypeError | RangeError {
  if (!(error instanceof TypeError || error instanceof RangeError) || 'code' in error) return false;
  return !engineFault.test(error.message);
}

/** Messages of the JavaScript engine itself: faults of the program, not of its user. */
const engineFault =
  /^(Cannot read|Cannot set|Cannot destructure|.* is not (a function|iterable|a constructor)|Invalid array length|Maximum call stack|undefined is|null is)/;
