import type { ErrorCode } from '../errors.ts';

/** Exit codes of the program, as `--help` lists them. */
export const exitCodes = {
  done: 0,
  /** Checks failed, some cells failed, or an error that nobody foresaw. */
  failed: 1,
  wrongUse: 2,
  /** A model, data, vector or run that cannot be used, or a file that cannot be written. */
  unusable: 3,
  engine: 4,
  interrupted: 130,
} as const;

/** The exit code of a domain error. */
export function exitCodeOf(code: ErrorCode): number {
  return exceptions[code] ?? exitCodes.unusable;
}

/** The part of `--help` on exit codes. */
export const exitCodeHelp = `
Exit codes:
    0  done
    1  checks failed, some cells failed, or an unexpected error
    2  wrong use: an option or argument, or a folder that holds another run
    3  a model, data, vector or run cannot be used, or a file cannot be written
    4  the engine crashed or could not be loaded
  130  interrupted; the same command again goes on`;

/** Every code that is not a problem of the model or the data. */
const exceptions: Partial<Record<ErrorCode, number>> = {
  'layer-out-of-range': exitCodes.wrongUse,
  'run-conflict': exitCodes.wrongUse,
  'listen-failed': exitCodes.wrongUse,
  'library-mismatch': exitCodes.engine,
  'engine-crashed': exitCodes.engine,
  'steering-mismatch': exitCodes.engine,
  interrupted: exitCodes.interrupted,
};
