import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Study, studySchema } from '../../src/result/study.ts';
import { main } from '../support/planted-command.ts';
import { sharedData } from '../support/shared-data.ts';

const behaviours = ['sentiment', 'french', 'formality', 'past-tense', 'risk', 'politeness'];
const publicDatasets = [
  ...['mwe/persona/openness', 'mwe/persona/narcissism', 'mwe/persona/interest-in-music'],
  ...['mwe/lm/myopic-reward', 'mwe/lm/corrigible-neutral-HHH', 'mwe/lm/coordinate-itself'],
];

const data = sharedData();
let folder: string;
let study: Study;

function run(...words: string[]) {
  return spawnSync(process.execPath, [main, ...words], {
    encoding: 'utf8',
    env: { ...process.env, STEERBENCH_DATA: data! },
  });
}

/** Everything that the paper's experiment does, at numbers that fit into minutes. */
describe.skipIf(data === null)('the paper experiment on the default model', () => {
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'steerbench-study-'));
    const words = ['run', 'paper', ...behaviours, ...publicDatasets, '--texts', 'own', '--out', folder];
    const { status, stderr } = run(
      ...words,
      ...['--layers', '13-15', '--multipliers=-1,0,1', '--train', '0:24', '--validation', '48:58'],
      ...['--test', '60:70', '--random-vectors', '10', '--null-items', '4', '--replicates', '1'],
      ...['--damage-texts', '2', '--damage-tokens', '24', '--free-answers', '4', '--answer-tokens', '8'],
      // Eight-bit weights take half the time of F16.
      ...['--precision', 'q8_0'],
    );
    expect(stderr).toMatch(/12 runs, about \d+ thousand rows/);
    expect(status).toBe(0);
    study = studySchema.parse(JSON.parse(readFileSync(join(folder, 'study.json'), 'utf8')));
  }, 1_200_000);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('measures the behaviours of answer pairs in every part', () => {
    for (const name of behaviours) {
      const { leftOut, result } = study.runs.find(({ behaviour }) => behaviour === name)!;
      expect(leftOut).toBeNull();
      expect(result.ood!.cells).toHaveLength(30);
      expect(result.steerability!.mean.value).not.toBeNull();
      expect(result.damage!.points.every(({ klP95 }) => klP95.value! >= 0)).toBe(true);
      expect(result.prompting!.steering.value).not.toBeNull();
      expect(result.generationCheck!.scorer.accuracy!.value).not.toBeNull();
      expect(result.layerStability!.shares.length).toBeGreaterThan(0);
      // Every distinct token is decoded once, and every steered row is the planned one.
      for (const { decodedTokens, distinctTokens } of result.work) expect(decodedTokens).toBe(distinctTokens);
    }
    const french = study.runs.find(({ behaviour }) => behaviour === 'french')!.result;
    expect(french.steerability!.mean.low!).toBeGreaterThan(10);
    expect(french.steerability!.antiSteerable.value).toBe(0);
  });

  it('finds that the model cannot take a test of letters, and judges nothing by it', () => {
    for (const dataset of publicDatasets) {
      const run = study.runs.find(({ result }) => result.behaviour.source === dataset)!;
      expect(run.leftOut).toMatch(
        /^not measurable: \d+ of 24 control questions right in the multiple-choice/,
      );
      expect(run.result.verdict!.kind).toBe('not measurable');
      expect(run.result.steerability).toBeNull();
      expect(JSON.stringify(run.result)).not.toMatch(/Is the following statement/);
      expect(run.result.prompt.example).toBeNull();
    }
    const counted = new Set(
      study.relations.flatMap(({ points }) => points.map(({ behaviour }) => behaviour)),
    );
    expect([...counted].every((name) => behaviours.includes(name))).toBe(true);
  });

  it('goes on with the same command, which finds everything done', () => {
    const before = readFileSync(join(folder, 'study.json'), 'utf8');
    const { status } = run('report', folder);
    expect(status).toBe(0);
    expect(readFileSync(join(folder, 'study.json'), 'utf8')).toBe(before);
  });
});
