import type { DownloadProgress } from './download.ts';
import { formatBytes } from './format-bytes.ts';

/** Where progress is shown: standard error, as a rule. */
export interface ProgressStream {
  isTTY?: boolean;
  columns?: number;
  write(text: string): unknown;
}

/** Callbacks for `findModel`, and `done` for after it. */
export interface DownloadReporter {
  onProgress: (progress: DownloadProgress) => void;
  onMessage: (line: string) => void;
  /** Ends a line that is still open. */
  done: () => void;
}

/**
 * Shows a download: one line that is written over on a terminal, a line per tenth elsewhere.
 *
 * @param now Clock in milliseconds; only the pace of the terminal's line depends on it.
 * @example
 * const reporter = downloadReporter(process.stderr);
 * await findModel('gemma-2-2b-it', reporter);
 * reporter.done();
 */
export function downloadReporter(
  stream: ProgressStream,
  now: () => number = () => performance.now(),
): DownloadReporter {
  let open = false;
  let shownMs = Number.NEGATIVE_INFINITY;
  let shownStep = -1;
  const close = (): void => {
    if (open) stream.write('\n');
    open = false;
  };
  return {
    onMessage: (line) => {
      close();
      stream.write(`${line}\n`);
    },
    onProgress: (progress) => {
      const whole = progress.bytes === progress.total;
      if (stream.isTTY) {
        if (!whole && now() - shownMs < paceMs) return;
        shownMs = now();
        open = true;
        stream.write(`\r\u001b[K${progressLine(progress).slice(0, (stream.columns ?? 80) - 1)}`);
        return;
      }
      const step = Math.floor(
        progress.total ? (progress.bytes / progress.total) * 10 : progress.bytes / 100e6,
      );
      if (step === shownStep) return;
      shownStep = step;
      stream.write(`${progressLine(progress)}\n`);
    },
    done: close,
  };
}

function progressLine({ bytes, total, bytesPerSecond }: DownloadProgress): string {
  const parts = [total === null ? formatBytes(bytes) : `${formatBytes(bytes)} of ${formatBytes(total)}`];
  if (total) parts.push(`${Math.floor((bytes / total) * 100)} %`);
  if (bytesPerSecond > 0) {
    parts.push(`${formatBytes(bytesPerSecond)}/s`);
    if (total !== null && total > bytes) parts.push(`${timeLeft((total - bytes) / bytesPerSecond)} left`);
  }
  return `downloading ${parts.join(', ')}`;
}

function timeLeft(seconds: number): string {
  if (seconds < 90) return `${Math.ceil(seconds)} s`;
  return seconds < 5400 ? `${Math.ceil(seconds / 60)} min` : `${(seconds / 3600).toFixed(1)} h`;
}

const paceMs = 100;
