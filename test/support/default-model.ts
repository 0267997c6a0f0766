import { requantiseRemotely } from '../../src/engine/requantise-remotely.ts';
import { findModel } from '../../src/models/find-model.ts';
import { modelAtPrecision } from '../../src/models/precision.ts';

/** The default model at F32: fetched and converted at the first call, then from the cache. */
export async function defaultModelAtF32(): Promise<{ path: string; hash: string }> {
  const { path, sha256 } = await modelAtPrecision(await findModel(), 'f32', requantiseRemotely);
  return { path, hash: sha256 };
}
