import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { parseResult } from '../src/result/schema.ts';
import {
  main,
  makePlantedFolder,
  type PlantedFolder,
  type StartedCommand,
} from './support/planted-command.ts';
import { plantedTools } from './support/planted-tools.ts';

// Nearly every test starts whole runs.
vi.setConfig({ testTimeout: 180_000 });

let planted: PlantedFolder;
/** The result of an audit that nothing disturbed, to compare with. */
let whole: string;
beforeAll(async () => {
  planted = await makePlantedFolder();
  expect(planted.steerbench(...audit('whole'), '--quiet').status).toBe(0);
  whole = resultOf('whole');
}, 120_000);
afterAll(() => planted.remove());

const { at, audit, failure, resultOf } = plantedTools(() => planted);

/** Processes that a process has started and that still run. */
function childrenOf(pid: number): number[] {
  try {
    return readdirSync(`/proc/${pid}/task`)
      .flatMap((task) => readFileSync(`/proc/${pid}/task/${task}/children`, 'utf8').split(' '))
      .filter((text) => text !== '')
      .map(Number);
  } catch {
    return [];
  }
}

/**
 * Kills the engine while it owes an answer: it is held first, and the run, which has work left for it, soon waits.
 *
 * @returns its process number
 */
async function killEngine({ child }: StartedCommand): Promise<number> {
  const [engine] = childrenOf(child.pid!);
  process.kill(engine!, 'SIGSTOP');
  await wait(150);
  process.kill(engine!, 'SIGKILL');
  return engine!;
}

/** Kills every engine that a run starts, as soon as it is there, until a line is seen or the run ends. */
async function killEvery(run: StartedCommand, seen: (text: string) => boolean): Promise<void> {
  while (run.child.exitCode === null && !run.lines.some(({ text }) => seen(text ?? ''))) {
    for (const engine of childrenOf(run.child.pid!)) process.kill(engine, 'SIGKILL');
    await wait(5);
  }
}

describe.skipIf(!existsSync('/proc/self/task'))('an engine process that dies', () => {
  it('costs one cell a second try, and nothing of the result', async () => {
    const run = planted.start(...audit('killed-once'));
    await run.until(({ stage }) => stage === 'test');
    await killEngine(run);
    expect((await run.exit).code).toBe(0);
    expect(run.lines.filter(({ kind }) => kind === 'note').map(({ text }) => text)).toEqual([
      expect.stringMatching(
        /^the engine process ended: SIGKILL .*; trying cell \S+ again in a fresh engine$/,
      ),
    ]);
    expect(resultOf('killed-once')).toBe(whole);
  });

  it.each(['extraction', 'test'])(
    'twice over a cell of "%s" leaves that cell out until the next run',
    async (stage) => {
      const out = `killed-twice-${stage}`;
      const run = planted.start(...audit(out));
      await run.until((line) => line.stage === stage);
      await killEngine(run);
      await killEvery(run, (text) => text.includes('failed twice and is left out'));
      expect((await run.exit).code).toBe(1);
      const { notMeasured } = parseResult(JSON.parse(resultOf(out)));
      const missing = notMeasured.filter(({ what }) => what.startsWith('cell '));
      expect(missing).toEqual([
        { what: expect.stringMatching(`^cell ${stage}-\\d{4}$`), reason: expect.stringContaining('SIGKILL') },
      ]);
      expect(run.lines.at(-1)).toMatchObject({ kind: 'done', failures: [{ stage }] });
      expect(planted.steerbench(...audit(out), '--quiet').status).toBe(0);
      expect(resultOf(out)).toBe(whole);
    },
  );

  it('every time ends the run with what to do', async () => {
    const run = planted.start(...audit('killed-always'));
    await killEvery(run, () => false);
    expect((await run.exit).code).toBe(4);
    expect(run.lines.at(-1)).toMatchObject({
      kind: 'error',
      code: 'engine-crashed',
      message: expect.stringContaining('the engine process ended: SIGKILL'),
      remedy: expect.stringContaining('run the same command again'),
    });
  });
});

/** Mounts a file system of one megabyte in the planted folder; undefined where that is not allowed. */
function mountSmall(): string | undefined {
  const path = at('small');
  mkdirSync(path);
  return spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'steerbench-test', path]).status === 0
    ? path
    : undefined;
}

describe('a place that cannot be written', () => {
  it('when the disk is full, keeps what is finished and goes on once there is space', async ({ skip }) => {
    const small = mountSmall();
    if (small === undefined) return skip('a file system of its own cannot be mounted here');
    try {
      // The tokenised items take some 70 kB and each cell of the competence check some 20.
      await writeFile(join(small, 'filler'), new Uint8Array(2 ** 20 - 130_000));
      const { code, message, remedy, status } = failure(...audit('small/run'));
      expect({ code, status }).toEqual({ code: 'write-failed', status: 3 });
      expect(message).toMatch(/^cannot write "small\/run\/cells\/competence-\d{4}\.json": the disk is full$/);
      expect(remedy).toBe('free some space, then run the same command again');
      const kept = readdirSync(at('small/run/cells'));
      expect(kept).toContain('prepare.json');
      expect(kept.filter((name) => name.endsWith('.tmp'))).toEqual([]);
      const writtenMs = statSync(at('small/run/cells/prepare.json')).mtimeMs;
      await rm(join(small, 'filler'));
      expect(planted.steerbench(...audit('small/run'), '--quiet').status).toBe(0);
      expect(statSync(at('small/run/cells/prepare.json')).mtimeMs).toBe(writtenMs);
      expect(resultOf('small/run')).toBe(whole);

      expect(spawnSync('mount', ['-o', 'remount,ro', small]).status).toBe(0);
      const other = failure(...audit('small/other'));
      expect(other).toMatchObject({
        code: 'write-failed',
        status: 3,
        remedy: 'choose another folder with --out',
      });
      expect(other.message).toBe('cannot write "small/other": the file system is read-only');
    } finally {
      spawnSync('umount', [small]);
    }
  });

  it.each(['letters.jsonl', 'letters.jsonl/run'])(
    'names a folder that a file stands in the way of: %s',
    (out) => {
      expect(failure(...audit(out))).toEqual({
        code: 'write-failed',
        message: `cannot write "${out}": a part of the path is not a folder`,
        remedy: 'choose another folder with --out',
        status: 3,
      });
    },
  );

  it.skipIf(!existsSync('/dev/full'))('says so when it is standard output', () => {
    const words = ['-c', '"$0" "$@" > /dev/full', process.execPath, main, 'report', 'whole', '--json'];
    const { stderr, status } = spawnSync('sh', words, { ...planted.surroundings, encoding: 'utf8' });
    expect(stderr).toContain('steerbench: cannot write "standard output": the disk is full\n');
    expect(stderr).not.toMatch(/\n\s+at /);
    expect(status).toBe(3);
  });
});
