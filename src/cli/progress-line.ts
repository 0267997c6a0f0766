import type { DownloadProgress } from '../download/download.ts';
import {
  type DownloadReporter,
  downloadReporter,
  type ProgressStream,
} from '../download/download-reporter.ts';
import { rateMeter } from '../download/rate-meter.ts';
import type { ProgressEvent, ProgressListener } from '../experiments/progress.ts';
import { formatSeconds } from './format-seconds.ts';

/** How progress is shown: one line written over, plain lines, lines of JSON, or not at all. */
export type ProgressMode = 'line' | 'plain' | 'json' | 'quiet';

/** Shows what a run tells, on standard error as a rule. */
export interface ProgressReporter {
  onProgress: ProgressListener;
  /** Callbacks for the fetching of a model. */
  download: Pick<DownloadReporter, 'onProgress' | 'onMessage'>;
  /** Writes a line for people, or for programs, that is no progress: a log line, a last word. */
  write: (kind: string, text: string) => void;
  /** Ends the line that is still open and stops redrawing it. */
  close: () => void;
}

/** The mode for a stream and the options given. */
export function progressMode(
  stream: ProgressStream,
  options: { json?: boolean; quiet?: boolean },
): ProgressMode {
  if (options.quiet) return 'quiet';
  if (options.json) return 'json';
  return stream.isTTY === true && process.env['TERM'] !== 'dumb' ? 'line' : 'plain';
}

/**
 * Shows a run's progress, beginning at once with its title.
 *
 * @example
 * const reporter = progressReporter(process.stderr, 'plain', 'audit of sentiment');
 * reporter.onProgress({ kind: 'stage', stage: 'extract', title: 'Reading activations', rows: 800 });
 * reporter.close();
 */
export function progressReporter(
  stream: ProgressStream,
  mode: ProgressMode,
  title: string,
): ProgressReporter {
  const view = views[mode](stream);
  const account = new Account(title);
  view.begin(account);
  const timer = setInterval(() => view.tick(account), tickMs);
  timer.unref();
  return {
    onProgress: (event) => {
      account.take(event);
      view.event(account, event);
    },
    download: {
      onMessage: (line) => view.write(account, 'note', line),
      onProgress: (progress) => view.download(progress),
    },
    write: (kind, text) => view.write(account, kind, text),
    close: () => {
      clearInterval(timer);
      view.close();
    },
  };
}

const tickMs = 250;
const plainPaceMs = 10_000;
const jsonPaceMs = 1000;
const linePaceMs = 100;

/** Where a run is, and how fast. */
class Account {
  readonly #startMs = performance.now();
  readonly #measure = rateMeter();
  #counted = 0;
  #stageBegins = true;
  title: string;
  done = 0;
  total = 0;
  rowsPerSecond = 0;

  constructor(title: string) {
    this.title = title;
  }

  get seconds(): number {
    return (performance.now() - this.#startMs) / 1000;
  }

  get secondsLeft(): number | null {
    return this.rowsPerSecond > 0 ? (this.total - this.done) / this.rowsPerSecond : null;
  }

  take(event: ProgressEvent): void {
    if (event.kind === 'stage') {
      this.title = event.title;
      this.#stageBegins = true;
    } else if (event.kind === 'rows') {
      // Rows of a stage that was there already come as one leap: they say nothing about the speed.
      if (!this.#stageBegins) this.#counted += event.done - this.done;
      this.#stageBegins = false;
      this.done = event.done;
      this.total = event.total;
      this.rowsPerSecond = this.#measure(this.#counted) || this.rowsPerSecond;
    }
  }
}

/** One way to show an account. */
interface View {
  begin(account: Account): void;
  event(account: Account, event: ProgressEvent): void;
  tick(account: Account): void;
  download(progress: DownloadProgress): void;
  write(account: Account, kind: string, text: string): void;
  close(): void;
}

const views: Record<ProgressMode, (stream: ProgressStream) => View> = {
  line: lineView,
  plain: plainView,
  json: jsonView,
  quiet: () => ({ begin() {}, event() {}, tick() {}, download() {}, write() {}, close() {} }),
};

function lineView(stream: ProgressStream): View {
  const downloads = downloadReporter(stream);
  let shownMs = Number.NEGATIVE_INFINITY;
  let paused = false;
  const clear = () => stream.write('\r\u001b[K');
  const draw = (account: Account) => {
    paused = false;
    shownMs = performance.now();
    stream.write(`\r\u001b[K${progressLine(account, (stream.columns || 80) - 1)}`);
  };
  const write = (account: Account, text: string) => {
    clear();
    stream.write(`${text}\n`);
    draw(account);
  };
  return {
    begin: draw,
    event: (account, event) => {
      if (event.kind === 'note') write(account, event.text);
      else if (event.kind === 'stage' || performance.now() - shownMs >= linePaceMs) draw(account);
    },
    // A download draws its own line until the run speaks again.
    tick: (account) => !paused && draw(account),
    download: (progress) => {
      paused = true;
      downloads.onProgress(progress);
    },
    write: (account, _kind, text) => write(account, text),
    close: clear,
  };
}

/** The line of a terminal; where it is narrow the title is cut before the numbers are. */
function progressLine(account: Account, columns: number): string {
  const { title, done, total, rowsPerSecond, secondsLeft } = account;
  const numbers =
    total === 0
      ? formatSeconds(account.seconds)
      : [
          bar(Math.min(1, done / total)),
          `${grouped(done)}/${grouped(total)} rows`,
          ...pace(rowsPerSecond, secondsLeft),
        ].join('  ');
  const room = Math.max(leastTitle, columns - numbers.length - 2);
  const shown = title.length > room ? `${title.slice(0, room - 1)}…` : title;
  return `${shown}  ${numbers}`.slice(0, Math.max(0, columns));
}

const leastTitle = 16;

function bar(share: number): string {
  const filled = Math.round(share * barCells);
  return '█'.repeat(filled) + '░'.repeat(barCells - filled);
}

const barCells = 16;

function plainView(stream: ProgressStream): View {
  const downloads = downloadReporter(stream);
  let shownMs = performance.now();
  const write = (account: Account, text: string) => {
    shownMs = performance.now();
    stream.write(`[${formatSeconds(account.seconds)}] ${text}\n`);
  };
  return {
    begin: (account) => write(account, account.title),
    event: (account, event) => {
      if (event.kind === 'stage') write(account, event.title);
      if (event.kind === 'note') write(account, event.text);
    },
    tick: (account) => {
      if (performance.now() - shownMs >= plainPaceMs) write(account, plainLine(account));
    },
    download: downloads.onProgress,
    write: (account, _kind, text) => write(account, text),
    close() {},
  };
}

function plainLine({ title, done, total, rowsPerSecond, secondsLeft }: Account): string {
  if (total === 0) return `${title}: at work`;
  return [
    `${title}: ${grouped(done)} of about ${grouped(total)} rows`,
    ...pace(rowsPerSecond, secondsLeft),
  ].join(', ');
}

function jsonView(stream: ProgressStream): View {
  let shownMs = Number.NEGATIVE_INFINITY;
  const write = (document: object) => stream.write(`${JSON.stringify(document)}\n`);
  const seconds = (account: Account) => Number(account.seconds.toFixed(2));
  return {
    begin: (account) => write({ kind: 'start', title: account.title }),
    event: (account, event) => {
      if (event.kind === 'rows') {
        if (performance.now() - shownMs < jsonPaceMs) return;
        shownMs = performance.now();
      }
      const speed =
        event.kind === 'rows'
          ? { rowsPerSecond: account.rowsPerSecond, secondsLeft: account.secondsLeft }
          : {};
      write({ ...event, ...speed, seconds: seconds(account) });
    },
    tick() {},
    download: (progress) => {
      if (performance.now() - shownMs < jsonPaceMs && progress.bytes !== progress.total) return;
      shownMs = performance.now();
      write({ kind: 'download', ...progress });
    },
    write: (account, kind, text) => write({ kind, text, seconds: seconds(account) }),
    close() {},
  };
}

function pace(rowsPerSecond: number, secondsLeft: number | null): string[] {
  if (secondsLeft === null) return [];
  return [`${grouped(Math.round(rowsPerSecond))} rows/s`, `${formatSeconds(secondsLeft)} left`];
}

function grouped(count: number): string {
  return count.toLocaleString('en-US');
}
