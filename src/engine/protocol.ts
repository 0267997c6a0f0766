import type { ErrorCode } from '../errors.ts';
import type { LoadOptions, Precision } from './engine.ts';
import type { StreamEvent, StreamRequest } from './streams/stream-request.ts';

/** Methods of an engine that can be called across the process border. */
export type RemoteMethod =
  | 'tokenize'
  | 'detokenize'
  | 'capture'
  | 'measure'
  | 'divergence'
  | 'generate'
  | 'openStreams';

/** What the parent asks of the engine process. */
export type Request =
  | { id: number; method: 'load'; args: [Omit<LoadOptions, 'onLog'>] }
  | { id: number; method: 'requantise'; args: [RequantiseRequest] }
  /** Its events come as `events`, under this id; no value is answered. */
  | { id: number; method: 'stream'; args: [StreamRequest] }
  /** Ends the stream of this id. */
  | { id: number; method: 'cancel'; args: [] }
  | { id: number; method: RemoteMethod; args: unknown[] };

/** A file to be rewritten with another type of weights. */
export interface RequantiseRequest {
  input: string;
  output: string;
  type: Exclude<Precision, 'file'>;
  threads: number;
}

/** An error as it crosses the border. */
export interface RemoteError {
  name: string;
  message: string;
  code: ErrorCode | null;
  remedy: string;
}

/** What the engine process answers, and what it says by itself. */
export type Reply =
  | { kind: 'value'; id: number; value: unknown }
  | { kind: 'error'; id: number; error: RemoteError }
  /** What happened to streams in a step, by id. */
  | { kind: 'events'; events: [number, StreamEvent][] }
  | { kind: 'rows'; rows: number }
  | { kind: 'log'; line: string };
