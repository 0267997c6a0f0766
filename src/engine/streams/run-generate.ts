import { SteerbenchError } from '../../errors.ts';
import { scopeOfStart } from '../../interventions/scope.ts';
import { nextSeed } from '../../math/next-seed.ts';
import type { GenerateRequest, GenerateResult } from '../engine.ts';
import type { EngineParts } from '../llama-engine.ts';
import { availableBytes, estimateMemory } from '../memory-estimate.ts';
import type { Lane } from './lane.ts';
import { openLane, slotTokensOf } from './open-lane.ts';
import { Scheduler } from './scheduler.ts';
import type { StreamIntervention } from './stream-request.ts';
import { createAnswer } from './stream-service.ts';

/** More answers at a time gain little on a processor. */
const mostSlots = 32;

/**
 * Continues every prompt under every branch; new tokens are steered as the prompt's last ones are.
 *
 * A text ends before the token at which steering has driven the model out of range.
 *
 * @throws SteerbenchError `out-of-memory` when a prompt with its new tokens exceeds the context
 * @throws RangeError for a prompt without tokens
 */
export async function runGenerate(
  parts: EngineParts,
  request: GenerateRequest,
  onRows: (rows: number) => void,
): Promise<GenerateResult> {
  const needed = checkLength(request, parts.facts.contextTokens);
  const texts = request.prompts.length * request.branches.length;
  const lane = await openLane(parts, await slotsFor(parts, texts, needed), needed);
  try {
    const scheduler = new Scheduler(lane, {
      promptRows: parts.facts.batchRows,
      promptRowsBeside: parts.facts.batchRows,
    });
    const made = request.prompts.map((prompt, row) =>
      request.branches.map((branch, place) => {
        const tokens: number[] = [];
        const failure: { error: unknown } = { error: null };
        const answer = createAnswer(
          {
            prompt,
            interventions: branch.map((index) => streamIntervention(request, index)),
            sampling: {
              temperature: request.temperature,
              seed: nextSeed(request.seed, row * request.branches.length + place),
            },
            maxTokens: request.maxTokens,
          },
          parts,
          {
            event: (event) => {
              if (event.kind === 'tokens') for (const { token } of event.tokens) tokens.push(token);
            },
            error: (error) => {
              if (!(error instanceof SteerbenchError && error.code === 'answer-broken'))
                failure.error = error;
            },
          },
          needed,
        );
        scheduler.add(answer);
        return { tokens, failure };
      }),
    );
    const began = performance.now();
    for (let rows = 0; scheduler.step(); rows = lane.work.rows) {
      onRows(lane.work.rows - rows);
      // Between steps the process must hear that its parent has gone.
      await new Promise((resolve) => setImmediate(resolve));
    }
    for (const { failure } of made.flat()) if (failure.error !== null) throw failure.error;
    return collect(
      parts,
      lane,
      made.map((row) => row.map(({ tokens }) => Int32Array.from(tokens))),
      (performance.now() - began) / 1000,
    );
  } finally {
    lane.dispose();
  }
}

/** Tokens of the longest prompt and its continuation. */
function checkLength({ prompts, maxTokens }: GenerateRequest, contextTokens: number): number {
  prompts.forEach((prompt, index) => {
    if (prompt.length === 0) throw new RangeError(`prompt ${index} has no token to continue from`);
  });
  const longest = Math.max(1, ...prompts.map((prompt) => prompt.length)) + maxTokens;
  if (longest <= contextTokens) return longest;
  throw new SteerbenchError(
    'out-of-memory',
    `a prompt and ${maxTokens} new tokens are ${longest} tokens; the context holds ${contextTokens}`,
    { remedy: 'give a larger context (--context), a shorter prompt or fewer tokens' },
  );
}

/**
 * Texts generated at a time: as many as the context's own tokens or an eighth of the free memory allow. At least two
 * where they fit, so that a text alone has the numbers it has in company.
 */
async function slotsFor(
  { facts, path, kvCache }: EngineParts,
  texts: number,
  needed: number,
): Promise<number> {
  if (facts.recurrent) return 1;
  const each = slotTokensOf(needed);
  const { kvCache: bytes } = await estimateMemory({ path, kvCache, contextTokens: each });
  const fitting = Math.max(Math.floor(facts.contextTokens / each), Math.floor(availableBytes() / 8 / bytes));
  return Math.max(1, Math.min(fitting, facts.batchRows, mostSlots, Math.max(2, texts)));
}

function streamIntervention({ interventions }: GenerateRequest, index: number): StreamIntervention {
  const { start, ...intervention } = interventions[index]!;
  return { ...intervention, scope: scopeOfStart(start), gate: null };
}

function collect(
  { facts, model }: EngineParts,
  { work }: Lane,
  tokens: Int32Array[][],
  seconds: number,
): GenerateResult {
  return {
    texts: tokens.map((row) => row.map((list) => model.detokenize(list))),
    tokens,
    work: {
      decodedTokens: work.rows,
      distinctTokens: work.rows,
      batches: work.batches,
      blockRows: work.rows * facts.blocks,
      steeredRows: [...work.changed].sort(([a], [b]) => a - b).map(([layer, rows]) => ({ layer, rows })),
      decodeSeconds: work.decodeSeconds,
      otherSeconds: Math.max(0, seconds - work.decodeSeconds),
    },
  };
}
