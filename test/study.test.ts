import { cpSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { plantedItems } from '../src/experiments/planted/planted-items.ts';
import { type Study, studySchema } from '../src/result/study.ts';
import { makePlantedFolder, type PlantedFolder } from './support/planted-command.ts';
import { plantedTools } from './support/planted-tools.ts';

let planted: PlantedFolder;
const { at, failure, resultOf } = plantedTools(() => planted);

/** Words of a small study: what is not named here costs time and is tested elsewhere. */
const small = [
  '--measure-anyway --threads 1 --layers 2 --multipliers=-1,0,1 --random-vectors 10 --shuffled-vectors 0',
  '--no-shuffle --train 0:16 --validation 16:28 --test 28:40 --replicates 0 --damage-texts 0 --free-answers 0',
]
  .join(' ')
  .split(' ');
const persona = ['--persona-positive', 'say a.', '--persona-negative', 'say b.'];

beforeAll(async () => {
  planted = await makePlantedFolder();
  const lettered = plantedItems(planted.planted, 40).map(({ multipleChoice }) =>
    JSON.stringify({
      question: multipleChoice!.prompt,
      answer_matching_behavior: ` (${multipleChoice!.positive})`,
      answer_not_matching_behavior: multipleChoice!.positive === 'A' ? ' (B)' : ' (A)',
    }),
  );
  writeFileSync(at('choices.jsonl'), `${lettered.join('\n')}\n`);
  const few = readFileSync(at('letters.jsonl'), 'utf8').split('\n').slice(0, 20);
  writeFileSync(at('few.jsonl'), `${few.join('\n')}\n`);
});
afterAll(() => planted.remove());

function run(...words: string[]) {
  const { stdout, stderr, status } = planted.steerbench('run', ...words);
  return { stdout, stderr, status };
}

function studyOf(folder: string): Study {
  return studySchema.parse(JSON.parse(readFileSync(at(folder, 'study.json'), 'utf8')));
}

describe('a study', () => {
  it('runs every behaviour on every model, tries vectors across precisions, and puts all in one document', () => {
    const { status, stderr } = run(
      ...['ood', 'letters.jsonl', 'choices.jsonl', '--models', 'planted.gguf@f32', 'planted.gguf@f16'],
      ...[...small, ...persona, '--out', 'ood'],
    );
    expect(stderr).toMatch(/4 runs, about \d+ thousand rows/);
    expect(stderr).toMatch(/\[4\/\d\] planted@f16\/choices: /);
    expect(status).toBe(0);
    const study = studyOf('ood');
    expect(study.models.map(({ id }) => id)).toEqual(['planted@f32', 'planted@f16']);
    expect(study.runs.map(({ id }) => id)).toEqual([
      'planted@f32/letters',
      'planted@f32/choices',
      'planted@f16/letters',
      'planted@f16/choices',
    ]);
    for (const { result } of study.runs) {
      expect(result.ood!.cells).toHaveLength(30);
      expect(result.ood!.vectors).toHaveLength(6);
      // The planted direction does not depend on the prompt: every vector is the same, whatever its setting.
      for (const { cosine } of result.ood!.pairs) expect(cosine).toBeGreaterThan(0.999);
      expect(result.work.every(({ decodedTokens, distinctTokens }) => decodedTokens === distinctTokens)).toBe(
        true,
      );
    }
    expect(study.transfers.map(({ behaviour, from, to }) => [behaviour, from, to])).toEqual([
      ['letters', 'planted@f32', 'planted@f16'],
      ['choices', 'planted@f32', 'planted@f16'],
      ['letters', 'planted@f16', 'planted@f32'],
      ['choices', 'planted@f16', 'planted@f32'],
    ]);
    for (const { cosine } of study.transfers) expect(cosine).toBeGreaterThan(0.999);
  });

  it('measures letters both ways, and bias where there are letters', () => {
    const { result } = studyOf('ood').runs.find(({ id }) => id === 'planted@f32/choices')!;
    // The vector of these items is a pure letter direction: content does nothing, the letter everything.
    expect(result.orders!.items).toBe(12);
    expect(Math.abs(result.orders!.content.value!)).toBeLessThan(
      0.05 * Math.abs(result.orders!.letter.value!),
    );
    expect(result.orders!.letterShare.value).toBeGreaterThan(0.95);
    expect(result.bias!.sequential[0]).toMatchObject({ factor: 'letter' });
    expect(result.bias!.sequential[0]!.share).toBeGreaterThan(0.9);
    expect(result.bias!.absent).toEqual([
      { name: 'word', reason: 'the options of the items are not Yes and No' },
    ]);
    const lettered = studyOf('ood').runs.find(({ id }) => id === 'planted@f32/letters')!;
    expect(lettered.result.bias).toBeNull();
  });

  it('does nothing twice, and takes further behaviours in', () => {
    const before = resultOf('ood/runs/planted@f32/letters');
    const words = ['--models', 'planted.gguf@f32', 'planted.gguf@f16', ...small, ...persona, '--out', 'ood'];
    writeFileSync(at('more.jsonl'), readFileSync(at('letters.jsonl')));
    expect(run('ood', 'letters.jsonl', 'choices.jsonl', 'more.jsonl', ...words).status).toBe(0);
    expect(resultOf('ood/runs/planted@f32/letters')).toBe(before);
    expect(studyOf('ood').runs).toHaveLength(6);
  });

  it('names what could not be run, and goes on', () => {
    const { status, stdout } = run(
      ...[
        'in-distribution',
        'few.jsonl',
        'letters.jsonl',
        '--models',
        'planted.gguf',
        ...small,
        '--out',
        'parts',
      ],
    );
    expect(status).toBe(1);
    expect(stdout).toMatch(/1 runs could not be made/);
    expect(stdout).toMatch(/planted\/few: --validation 16:28 needs 28 items; "few" has 20/);
    const study = studyOf('parts');
    expect(study.runs.map(({ behaviour }) => behaviour)).toEqual(['letters']);
    expect(study.notMeasured[0]!.what).toBe('planted/few');
  });

  it('shows its cost and runs nothing with --dry-run', () => {
    const { stdout, status } = run(
      ...[
        'paper',
        'letters.jsonl',
        '--models',
        'planted.gguf',
        'llama-2-7b-chat',
        ...small,
        '--out',
        'dry',
        '--dry-run',
      ],
    );
    expect(status).toBe(0);
    expect(stdout).toMatch(/^planted: on this machine; .* rows\/s, measured just now/m);
    expect(stdout).toMatch(
      /^llama-2-7b-chat: not on this machine, would be fetched; .* supposed from another/m,
    );
    expect(stdout).toMatch(/^all +\d+ thousand rows/m);
    expect(existsSync(at('dry'))).toBe(false);
  });

  it('is refused for what cannot be', () => {
    expect(failure('run', 'ood', 'nothing-like-it', '--models', 'planted.gguf')).toMatchObject({
      code: 'data-not-found',
    });
    const same = failure('run', 'ood', 'letters.jsonl', '--models', 'planted.gguf', 'planted.gguf');
    expect(same.message).toContain('are both called "planted"');
    const other = failure(
      'run',
      'layers',
      'letters.jsonl',
      '--models',
      'planted.gguf',
      ...small,
      '--out',
      'parts',
    );
    expect(other).toMatchObject({ code: 'run-conflict', status: 2 });
  });

  it('leaves no plan of options that no run could use', () => {
    const words = ['run', 'ood', 'letters.jsonl', '--models', 'planted.gguf', ...small];
    const mixed = failure(...words, '--train', '0:16', '--test', '50%:100%', '--out', 'unusable');
    expect(mixed.message).toContain('all in percent or all as indexes');
    expect(existsSync(at('unusable'))).toBe(false);
  });
});

describe('shards', () => {
  const audit = [
    'audit',
    'letters.jsonl',
    '--model',
    'planted.gguf',
    ...small,
    ...persona,
    '--prompts',
    'all',
  ];

  it('of a run, merged, are the run that one process makes, to the last byte', () => {
    expect(planted.steerbench(...audit, '--out', 'whole').status).toBe(0);
    for (const part of ['1/2', '2/2']) {
      const { stdout, status } = planted.steerbench(...audit, '--shard', part, '--out', `part-${part[0]}`);
      expect(status).toBe(0);
      expect(stdout).toMatch(/This part is done; \d+ cells of other parts/);
      expect(existsSync(at(`part-${part[0]}`, 'result.json'))).toBe(false);
    }
    expect(planted.steerbench('merge', 'part-1', 'part-2', '--out', 'merged').status).toBe(0);
    expect(resultOf('merged')).toBe(resultOf('whole'));
  });

  it('in one folder finish the run together', () => {
    for (const part of ['1/2', '2/2']) {
      expect(planted.steerbench(...audit, '--shard', part, '--out', 'shared').status).toBe(0);
    }
    expect(resultOf('shared')).toBe(resultOf('whole'));
  });

  it('that differ in a cell are refused', () => {
    cpSync(at('part-1'), at('other'), { recursive: true });
    const cell = at('other', 'cells', 'competence-0000.json');
    writeFileSync(cell, readFileSync(cell, 'utf8').replace(/\d/, '7'));
    rmSync(at('merged'), { recursive: true });
    expect(failure('merge', 'other', 'part-2', '--out', 'merged')).toMatchObject({
      code: 'run-conflict',
      status: 2,
      message: expect.stringContaining('different bytes'),
    });
  });

  it('of a study are whole runs', () => {
    const words = ['in-distribution', 'letters.jsonl', 'choices.jsonl', '--models', 'planted.gguf', ...small];
    expect(run(...words, '--shard', '1/2', '--out', 's1').stdout).toMatch(/1 runs of other parts/);
    expect(existsSync(at('s1', 'runs', 'planted', 'choices'))).toBe(false);
    expect(run(...words, '--shard', '2/2', '--out', 's2').status).toBe(0);
    expect(planted.steerbench('merge', 's1', 's2', '--out', 'both').status).toBe(0);
    expect(studyOf('both').runs.map(({ behaviour }) => behaviour)).toEqual(['letters', 'choices']);
  });
});

describe('compare', () => {
  it("sets finished runs beside one another and beside the paper's values", () => {
    const { status } = planted.steerbench('compare', 'ood', 'published:llama', '--out', 'compared');
    expect(status).toBe(0);
    const study = studyOf('compared');
    expect(study.experiment).toBe('compare');
    expect(study.models.map(({ id }) => id)).toEqual(['planted@f16', 'planted@f32', 'published:llama']);
    expect(existsSync(at('compared', study.runs[0]!.folder!, 'result.json'))).toBe(true);
  });

  it('is refused for folders that hold nothing, and for runs that differ in nothing', () => {
    expect(failure('compare', 'nowhere', '--out', 'x')).toMatchObject({ code: 'run-malformed' });
    expect(failure('compare', 'published:gpt', '--out', 'x').message).toContain('one of llama, qwen');
    expect(failure('compare', 'whole', 'merged-again', '--out', 'x').code).toBe('run-malformed');
    expect(failure('compare', 'whole', 'shared', '--out', 'x').message).toContain('differ in nothing');
  });
});
