import { formatBytes } from '../../download/format-bytes.ts';
import type { Examination } from './examine.ts';

/** What `doctor` prints: one line a fact, problems at the end. */
export function describeExamination(examination: Examination): string {
  const { steerbench, machine, engine, sources, defaultModel, problems } = examination;
  const { cache } = machine;
  const free = cache.freeBytes === null ? '' : `, ${formatBytes(cache.freeBytes)} free on its disk`;
  const busy =
    machine.load < machine.physicalCores
      ? ''
      : `; busy (load ${machine.load.toFixed(1)}), so speeds are too low`;
  const facts: [string, string][] = [
    ['steerbench', `${steerbench}, Node.js ${machine.node}, ${machine.platform}`],
    ['processor', `${machine.cpu}, ${machine.physicalCores} physical cores${busy}`],
    ['memory', `${formatBytes(machine.memoryBytes)}, ${formatBytes(machine.availableBytes)} available`],
    ...engineFacts(engine),
    ['model cache', `${cache.folder}: ${cache.models} files, ${formatBytes(cache.bytes)}${free}`],
    ...sources.map(({ source, reachable, detail }): [string, string] => [
      `source ${source}`,
      `${reachable ? 'reachable' : 'not reachable'}: ${detail}`,
    ]),
    [
      'default model',
      defaultModel.path === null
        ? 'not in the cache: `steerbench models pull` fetches it, and so does the first run'
        : `${defaultModel.name}, ${defaultModel.path}`,
    ],
    ...speedFacts(examination.speed),
    ...(examination.noise ?? []).map(({ precision, rms, largest, tokens }): [string, string] => [
      `noise ${precision}`,
      `rms ${rms.toPrecision(2)}, largest ${largest.toPrecision(2)} nats from f32, over ${tokens} answer tokens`,
    ]),
  ];
  const width = Math.max(...facts.map(([name]) => name.length));
  const lines = facts.map(([name, text]) => `${name.padEnd(width)}  ${text}`);
  if (problems.length === 0) return [...lines, '', 'no problems found'].join('\n');
  return [...lines, '', 'problems:', ...problems.map((problem) => `  - ${problem}`)].join('\n');
}

function engineFacts(engine: Examination['engine']): [string, string][] {
  if (engine === null) return [['engine', 'does not start']];
  return [
    ['engine', `${engine.package ?? 'llama.cpp'}, started in ${engine.startSeconds.toFixed(1)} s`],
    ['CPU variant', `${engine.backends.join(', ')}; ${engine.threads} threads`],
  ];
}

function speedFacts(speed: Examination['speed']): [string, string][] {
  if (speed === null) return [];
  const widths = speed.prefill.map(
    ({ batchRows, tokensPerSecond }) => `${Math.round(tokensPerSecond)} with ${batchRows}`,
  );
  return [
    ['speed, reading', `${widths.join(', ')} rows a batch (tokens/s, ${speed.precision})`],
    ['', `fastest with --batch-rows ${speed.bestBatchRows}`],
    ['speed, writing', `${speed.decodeTokensPerSecond.toFixed(1)} tokens/s, one text`],
  ];
}
