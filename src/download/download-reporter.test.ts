import { expect, it } from 'vitest';
import { downloadReporter } from './download-reporter.ts';

it('writes one line over and over on a terminal', () => {
  let nowMs = 0;
  const { stream, text } = recorder({ isTTY: true, columns: 60 });
  const reporter = downloadReporter(stream, () => nowMs);
  reporter.onProgress({ bytes: 10e6, total: 100e6, bytesPerSecond: 5e6 });
  reporter.onProgress({ bytes: 11e6, total: 100e6, bytesPerSecond: 5e6 });
  nowMs = 150;
  reporter.onProgress({ bytes: 12e6, total: 100e6, bytesPerSecond: 0 });
  reporter.onMessage('next');
  reporter.done();
  expect(text()).toBe(
    '\r\u001b[Kdownloading 10.0 MB of 100 MB, 10 %, 5.00 MB/s, 18 s left' +
      '\r\u001b[Kdownloading 12.0 MB of 100 MB, 12 %' +
      '\nnext\n',
  );
});

it('writes a line per tenth elsewhere', () => {
  const { stream, text } = recorder({});
  const reporter = downloadReporter(stream);
  for (let bytes = 0; bytes <= 1000; bytes += 10)
    reporter.onProgress({ bytes, total: 1000, bytesPerSecond: 0 });
  reporter.done();
  const lines = text().trimEnd().split('\n');
  expect(lines).toHaveLength(11);
  expect(lines[5]).toBe('downloading 500 B of 1.00 kB, 50 %');
});

it('writes a line per 100 MB where the size is not known', () => {
  const { stream, text } = recorder({});
  const reporter = downloadReporter(stream);
  for (let bytes = 0; bytes < 250e6; bytes += 10e6)
    reporter.onProgress({ bytes, total: null, bytesPerSecond: 1e6 });
  expect(text()).toBe(
    'downloading 0 B, 1.00 MB/s\ndownloading 100 MB, 1.00 MB/s\ndownloading 200 MB, 1.00 MB/s\n',
  );
});

function recorder(kind: { isTTY?: boolean; columns?: number }) {
  const written: string[] = [];
  return { stream: { ...kind, write: (text: string) => written.push(text) }, text: () => written.join('') };
}
