import { describe, expect, it } from 'vitest';
import { exampleResult } from '../../test/support/example-result.ts';
import { llamaCommand } from './llama-command.ts';

const example = exampleResult();

describe('llamaCommand', () => {
  it('names file, multiplier and the one layer, from first to last inclusive', () => {
    expect(llamaCommand(example).command).toBe(
      'llama-cli -m MODEL.gguf --control-vector-scaled vectors/sentiment-mean-difference.gguf:1 --control-vector-layer-range 17 17',
    );
  });

  it('starts with the vector as extracted where it steers and no multiplier is recommended', () => {
    const verdict = { ...example.verdict!, kind: 'steers' as const, recommendedMultiplier: null };
    expect(llamaCommand({ ...example, verdict }).command).toContain('.gguf:1 ');
    const weak = { ...verdict, kind: 'inconclusive' as const };
    expect(llamaCommand({ ...example, verdict: weak }).command).toBeNull();
  });

  it('quotes a file name for the shell', () => {
    const vector = { ...example.vector!, gguf: "vectors/it's $(rm).gguf" };
    expect(llamaCommand({ ...example, vector }).command).toContain(
      `--control-vector-scaled 'vectors/it'\\''s $(rm).gguf:1' `,
    );
  });

  it.each([
    ['block 0', { layer: 0 }],
    ['No vector file', { vector: null }],
    ['only add', { operator: 'clamp' }],
    ['colon', { vector: { ...example.vector!, gguf: 'a:b.gguf' } }],
    ['No multiplier', { verdict: null }],
  ])('says why there is none: %s', (reason, change) => {
    const { command, reason: said } = llamaCommand({ ...example, ...change });
    expect(command).toBeNull();
    expect(said).toContain(reason);
  });
});
