import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { SteerbenchError } from '../errors.ts';
import { hashFile } from '../files/hash-file.ts';
import { readFailure } from '../files/read-failure.ts';
import { parseResult, type Result } from '../result/schema.ts';
import { type DamageLimit, damageLimitOf } from '../steering/dose.ts';

/** The one field of a plan that says which vector was audited. */
const planSchema = z.object({ vectorHash: z.string().nullish() });

/**
 * How far audits found their vectors usable, by sha256 of the vectors' files.
 *
 * An audit that recommends no multiplier, or did not measure damage, gives no limit.
 *
 * @param folders Run folders.
 * @throws SteerbenchError `run-malformed`
 * @example
 * const limits = await readAuditLimits(['runs/audit-sentiment']);
 */
export async function readAuditLimits(folders: readonly string[]): Promise<Map<string, DamageLimit>> {
  const limits = new Map<string, DamageLimit>();
  for (const folder of folders) {
    const result = parseResult(await readJson(join(folder, 'result.json')));
    const limit = damageLimitOf(result);
    if (limit === null) continue;
    for (const hash of await vectorHashes(folder, result)) limits.set(hash, limit);
  }
  return limits;
}

async function readJson(path: string): Promise<unknown> {
  const text = await readFile(path, 'utf8').catch((cause) => {
    throw readFailure(path, cause, 'run-malformed');
  });
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new SteerbenchError('run-malformed', `"${path}" is not JSON`, {
      remedy: 'give the folder of a finished audit',
      cause,
    });
  }
}

/** Of the vector that was given to the audit, or else of the files that it left. */
async function vectorHashes(folder: string, { vector }: Result): Promise<string[]> {
  const given = planSchema.safeParse(await readJson(join(folder, 'plan.json'))).data?.vectorHash;
  if (typeof given === 'string') return [given];
  const files = [vector?.safetensors, vector?.gguf].filter((file) => typeof file === 'string');
  const hashes = await Promise.all(files.map((file) => hashFile(join(folder, file)).catch(() => null)));
  return hashes.filter((hash) => hash !== null);
}
