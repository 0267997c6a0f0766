import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { SteerbenchError } from '../errors.ts';
import type { RemoteError, Reply, Request } from './protocol.ts';
import type { StreamEvent, StreamRequest } from './streams/stream-request.ts';

/** Log lines kept for the message of a crash. */
const keptLogLines = 8;

type Call = {
  resolve: (value: never) => void;
  reject: (error: unknown) => void;
  /** For a stream: who takes its events. */
  receive?: (event: StreamEvent) => void;
};

/** What is told of a process while it works. */
export interface ProcessListeners {
  onRows: (rows: number) => void;
  onLog: (line: string) => void;
}

/**
 * One engine process and the calls it has not answered yet.
 *
 * When it ends by itself (a native crash, an abort, a kill), every open call is rejected with `engine-crashed` and the
 * last lines it wrote.
 */
export class EngineProcess {
  readonly #child: ChildProcess;
  readonly #calls = new Map<number, Call>();
  readonly #lastLines: string[] = [];
  #nextId = 0;
  #ended = false;

  constructor(listeners: ProcessListeners) {
    this.#child = fork(processFile(), {
      serialization: 'advanced',
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      execArgv: [],
    });
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        for (const line of text.split('\n').filter(Boolean)) this.#log(line, listeners);
      });
    }
    this.#child.on('message', (reply: Reply) => this.#receive(reply, listeners));
    this.#child.on('exit', (code, signal) => this.#end(code, signal));
    this.#child.on('error', (error) => this.#end(null, error.message));
  }

  /** True once the process has ended or was told to. */
  get ended(): boolean {
    return this.#ended;
  }

  /** Tells when the process ends by itself. */
  onEnd: (error: SteerbenchError) => void = () => {};

  /** Process number, for tests that kill it. */
  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** Asks the process for a value; rejected with its error, or with `engine-crashed` when it ends. */
  call<T>(method: Request['method'], args: unknown[]): Promise<T> {
    if (this.#ended) return Promise.reject(this.#crash('it is not running'));
    const id = this.#nextId++;
    return new Promise<T>((resolve, reject) => {
      this.#calls.set(id, { resolve, reject });
      // A process that ends while it is written to is reported by its exit.
      this.#child.send({ id, method, args } as Request, () => {});
    });
  }

  /**
   * Asks the process for an answer, event by event; `fail` is called with its error, or with `engine-crashed` when the
   * process ends.
   *
   * @returns asks the process to end the answer
   */
  stream(
    request: StreamRequest,
    receive: (event: StreamEvent) => void,
    fail: (error: unknown) => void,
  ): () => void {
    if (this.#ended) {
      fail(this.#crash('it is not running', streamRemedy));
      return () => {};
    }
    const id = this.#nextId++;
    this.#calls.set(id, { resolve: () => {}, reject: fail, receive });
    this.#child.send({ id, method: 'stream', args: [request] } as Request, () => {});
    return () => {
      if (this.#calls.has(id) && !this.#ended)
        this.#child.send({ id, method: 'cancel', args: [] } as Request, () => {});
    };
  }

  /** Ends the process at once, whatever it is doing. */
  kill(): void {
    this.#ended = true;
    this.#child.kill('SIGKILL');
  }

  #receive(reply: Reply, listeners: ProcessListeners): void {
    switch (reply.kind) {
      case 'value':
        this.#take(reply.id)?.resolve(reply.value as never);
        return;
      case 'error':
        this.#take(reply.id)?.reject(revive(reply.error));
        return;
      case 'events':
        for (const [id, event] of reply.events) this.#calls.get(id)?.receive?.(event);
        for (const [id, event] of reply.events) if (event.kind === 'end') this.#calls.delete(id);
        return;
      case 'rows':
        listeners.onRows(reply.rows);
        return;
      case 'log':
        this.#log(reply.line, listeners);
    }
  }

  #take(id: number): Call | undefined {
    const call = this.#calls.get(id);
    this.#calls.delete(id);
    return call;
  }

  #log(line: string, listeners: ProcessListeners): void {
    this.#lastLines.push(line);
    if (this.#lastLines.length > keptLogLines) this.#lastLines.shift();
    listeners.onLog(line);
  }

  #end(code: number | null, signal: string | null): void {
    const byItself = !this.#ended;
    this.#ended = true;
    const how = signal === null ? `exit code ${code}` : String(signal);
    const error = this.#crash(how);
    for (const { reject, receive } of this.#calls.values())
      reject(receive === undefined ? error : this.#crash(how, streamRemedy));
    this.#calls.clear();
    if (byItself) this.onEnd(error);
  }

  #crash(how: string, remedy = callRemedy): SteerbenchError {
    const said = this.#lastLines.length > 0 ? `; it last said: ${this.#lastLines.join(' | ')}` : '';
    const killed = how === 'SIGKILL' ? ' (killed: perhaps the system ran out of memory)' : '';
    return new SteerbenchError('engine-crashed', `the engine process ended: ${how}${killed}${said}`, {
      remedy,
    });
  }
}

const callRemedy =
  'finished cells are kept; run the same command again, with fewer --batch-rows or --context if memory is short';
const streamRemedy = 'send the request again: the engine is started afresh';

/** The compiled entry of the engine process: beside this file, or in dist/ when this file runs from its source. */
function processFile(): string {
  const here = fileURLToPath(import.meta.url);
  return here.endsWith('.ts')
    ? here.replace(/src([/\\])engine[/\\]engine-process\.ts$/, 'dist$1engine$1process.js')
    : fileURLToPath(new URL('./process.js', import.meta.url));
}

function revive({ name, message, code, remedy }: RemoteError): Error {
  if (code !== null) return new SteerbenchError(code, message, { remedy });
  const kinds: Record<string, new (message: string) => Error> = { TypeError, RangeError };
  return new (kinds[name] ?? Error)(message);
}
