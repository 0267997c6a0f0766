import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { progressMode, progressReporter } from './progress-line.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function recorder(facts: { isTTY?: boolean; columns?: number } = {}) {
  const stream = { ...facts, text: '', write: (text: string) => (stream.text += text) };
  return stream;
}

it('chooses how progress is shown by the stream and the options', () => {
  vi.stubEnv('TERM', 'xterm');
  expect(progressMode({ isTTY: true, write() {} }, {})).toBe('line');
  expect(progressMode({ write() {} }, {})).toBe('plain');
  expect(progressMode({ isTTY: true, write() {} }, { json: true })).toBe('json');
  expect(progressMode({ isTTY: true, write() {} }, { json: true, quiet: true })).toBe('quiet');
  vi.stubEnv('TERM', 'dumb');
  expect(progressMode({ isTTY: true, write() {} }, {})).toBe('plain');
  vi.unstubAllEnvs();
});

it('writes a plain line for each stage and every ten seconds, with rate and time left', () => {
  const stream = recorder();
  const reporter = progressReporter(stream, 'plain', 'audit of sentiment');
  expect(stream.text).toBe('[0 s] audit of sentiment\n');
  reporter.onProgress({ kind: 'stage', stage: 'test', title: 'Steering', rows: 3000 });
  for (let second = 0; second < 11; second++) {
    reporter.onProgress({ kind: 'rows', done: 100 * second, total: 3000 });
    vi.advanceTimersByTime(1000);
  }
  reporter.onProgress({ kind: 'note', text: 'one thing' });
  reporter.close();
  // At ten seconds 900 of 3,000 rows are done at 100 a second: 2,100 take 21 seconds.
  expect(stream.text.split('\n').slice(1)).toEqual([
    '[0 s] Steering',
    '[10 s] Steering: 900 of about 3,000 rows, 100 rows/s, 21 s left',
    '[11 s] one thing',
    '',
  ]);
});

it('leaves the leap over a stage that was there already out of the rate', () => {
  const stream = recorder();
  const reporter = progressReporter(stream, 'plain', 'audit');
  reporter.onProgress({ kind: 'stage', stage: 'test', title: 'Steering', rows: 0 });
  reporter.onProgress({ kind: 'rows', done: 50_000, total: 60_000 });
  for (let second = 1; second <= 10; second++) {
    vi.advanceTimersByTime(1000);
    reporter.onProgress({ kind: 'rows', done: 50_000 + 10 * second, total: 60_000 });
  }
  vi.advanceTimersByTime(500);
  reporter.close();
  expect(stream.text).toContain('10 rows/s');
});

it('keeps one line on a terminal, within its width, and clears it at the end', () => {
  const stream = recorder({ isTTY: true, columns: 80 });
  const reporter = progressReporter(stream, 'line', 'audit of sentiment');
  const title = 'Reading validation pairs, for predictors out of sample';
  reporter.onProgress({ kind: 'stage', stage: 'test', title, rows: 0 });
  reporter.onProgress({ kind: 'rows', done: 0, total: 4000 });
  vi.advanceTimersByTime(1000);
  reporter.onProgress({ kind: 'rows', done: 1000, total: 4000 });
  vi.advanceTimersByTime(1000);
  reporter.onProgress({ kind: 'note', text: 'one thing' });
  reporter.close();
  const drawn = stream.text.split('\r\u001b[K');
  for (const line of drawn) expect(line.trimEnd().length).toBeLessThan(80);
  expect(drawn.at(-2)).toBe(
    'Reading validation…  ████░░░░░░░░░░░░  1,000/4,000 rows  1,000 rows/s  3 s left',
  );
  expect(drawn.at(-3)).toBe('one thing\n');
  expect(drawn.at(-1)).toBe('');
});

it('writes one JSON document a line, rows at most once a second', () => {
  const stream = recorder();
  const reporter = progressReporter(stream, 'json', 'audit');
  reporter.onProgress({ kind: 'stage', stage: 'test', title: 'Steering', rows: 10 });
  reporter.onProgress({ kind: 'rows', done: 1, total: 10 });
  reporter.onProgress({ kind: 'rows', done: 2, total: 10 });
  vi.advanceTimersByTime(1000);
  reporter.onProgress({ kind: 'rows', done: 4, total: 10 });
  reporter.download.onProgress({ bytes: 7, total: 7, bytesPerSecond: 0 });
  reporter.close();
  const documents = stream.text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(documents).toEqual([
    { kind: 'start', title: 'audit' },
    { kind: 'stage', stage: 'test', title: 'Steering', rows: 10, seconds: 0 },
    { kind: 'rows', done: 1, total: 10, rowsPerSecond: 0, secondsLeft: null, seconds: 0 },
    { kind: 'rows', done: 4, total: 10, rowsPerSecond: 3, secondsLeft: 2, seconds: 1 },
    { kind: 'download', bytes: 7, total: 7, bytesPerSecond: 0 },
  ]);
});

it('shows nothing where nothing is wanted', () => {
  const stream = recorder({ isTTY: true });
  const reporter = progressReporter(stream, 'quiet', 'audit');
  reporter.onProgress({ kind: 'note', text: 'one thing' });
  vi.advanceTimersByTime(60_000);
  reporter.close();
  expect(stream.text).toBe('');
});
