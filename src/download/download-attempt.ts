import type { PartialFile } from './partial-file.ts';
import { request } from './request.ts';
import { retryAfterMs } from './retry-after.ts';
import { TransferFault } from './transfer-fault.ts';

/** What an attempt needs to know. */
export interface AttemptOptions {
  headers: Record<string, string>;
  reachTimeoutMs: number;
  stallTimeoutMs: number;
  longestWaitMs: number;
  /** What to do where the server asks who is asking (401, 403); empty when nothing special. */
  refusedRemedy: string;
  signal: AbortSignal | undefined;
  /** Called with the answer's headers, before any byte is kept; may throw. `total` is the size of the whole file. */
  onAnswer: (answer: { hubSha256: string | null; total: number | null }) => Promise<void>;
  /** Called after each piece. */
  onBytes: (total: number | null) => void;
}

/**
 * One request for a file, or for the rest of it, read to its end into the partial file.
 *
 * @throws TransferFault when the file is not whole afterwards.
 */
export async function attemptDownload(
  url: string,
  partial: PartialFile,
  options: AttemptOptions,
): Promise<void> {
  const controller = new AbortController();
  const onSignal = (): void => controller.abort(options.signal?.reason);
  options.signal?.addEventListener('abort', onSignal);
  try {
    await fetchRest(url, partial, controller, options);
  } finally {
    options.signal?.removeEventListener('abort', onSignal);
    // Gives up whatever was not read; without effect after a whole answer.
    controller.abort();
  }
}

async function fetchRest(
  url: string,
  partial: PartialFile,
  controller: AbortController,
  options: AttemptOptions,
): Promise<void> {
  const resuming = partial.bytes > 0 && partial.etag !== null;
  const range = resuming ? { range: `bytes=${partial.bytes}-`, 'if-range': partial.etag ?? '' } : {};
  const { reachTimeoutMs } = options;
  const answer = await request(url, {
    headers: { ...options.headers, ...range },
    reachTimeoutMs,
    controller,
  });
  const { response, hubSha256 } = answer;
  const host = new URL(response.url || url).host;
  if (response.status === 416 && resuming) {
    await settleFullRange(partial, response, host);
    await options.onAnswer({ hubSha256, total: partial.bytes });
    return;
  }
  if (response.status !== 200 && response.status !== 206) throw statusFault(response, host, options);
  const total = await matchRange(partial, response, host);
  await options.onAnswer({ hubSha256, total });
  await readBody(response, partial, total, host, controller, options);
}

/** Size of the whole file, after the partial file was brought to where the answer begins; null if not stated. */
async function matchRange(partial: PartialFile, response: Response, host: string): Promise<number | null> {
  const etag = strongEtag(response);
  if (response.status === 206) {
    const range = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(response.headers.get('content-range') ?? '');
    const sameFile = etag === null || etag === partial.etag;
    if (range !== null && Number(range[1]) === partial.bytes && sameFile) {
      return range[2] === '*' ? null : Number(range[2]);
    }
    await partial.restart(null);
    throw new TransferFault(`${host}: gave another part than was asked for`, { retry: true, answered: true });
  }
  // The server ignores ranges, or the file is no longer the same one.
  await partial.restart(etag);
  const length = response.headers.get('content-length');
  return length === null ? null : Number(length);
}

/** Nothing is left to fetch: right when everything is here, else the partial file is of no use. */
async function settleFullRange(partial: PartialFile, response: Response, host: string): Promise<void> {
  const size = /^bytes \*\/(\d+)$/.exec(response.headers.get('content-range') ?? '')?.[1];
  if (size !== undefined && Number(size) === partial.bytes) return;
  await partial.restart(null);
  throw new TransferFault(`${host}: refused to continue`, { retry: true, answered: true });
}

async function readBody(
  response: Response,
  partial: PartialFile,
  total: number | null,
  host: string,
  controller: AbortController,
  options: AttemptOptions,
): Promise<void> {
  const seconds = options.stallTimeoutMs / 1000;
  const stalled = new TransferFault(`${host}: sent nothing for ${seconds} s`, {
    retry: true,
    answered: true,
  });
  const timer = setTimeout(() => controller.abort(stalled), options.stallTimeoutMs);
  const reader = response.body?.getReader();
  try {
    for (;;) {
      const part = await reader?.read().catch((error: unknown) => {
        throw error === stalled ? stalled : cut(host, error);
      });
      if (part === undefined || part.done) break;
      await partial.append(part.value);
      timer.refresh();
      options.onBytes(total);
    }
  } finally {
    clearTimeout(timer);
  }
  if (total !== null && partial.bytes < total) throw cut(host, null);
  if (total !== null && partial.bytes > total) {
    await partial.restart(null);
    throw new TransferFault(`${host}: sent more than the stated ${total} bytes`, {
      retry: true,
      answered: true,
    });
  }
}

function cut(host: string, cause: unknown): TransferFault {
  return new TransferFault(`${host}: the connection was cut`, { retry: true, answered: true, cause });
}

function statusFault(
  response: Response,
  host: string,
  { longestWaitMs, refusedRemedy }: AttemptOptions,
): TransferFault {
  const { status } = response;
  const answered = true;
  if (status === 401 || status === 403) {
    return new TransferFault(`${host}: access refused (${status})`, {
      retry: false,
      answered,
      remedy: refusedRemedy,
    });
  }
  if (status === 404 || status === 410) {
    return new TransferFault(`${host}: there is no such file (${status})`, { retry: false, answered });
  }
  const passing = status === 408 || status === 429 || status >= 500;
  const waitMs = retryAfterMs(response.headers);
  const what = status === 429 ? `too many requests (${status})` : `answered with status ${status}`;
  if (waitMs !== null && waitMs > longestWaitMs) {
    return new TransferFault(`${host}: ${what} and asks to wait ${Math.ceil(waitMs / 1000)} s`, {
      retry: false,
      answered,
    });
  }
  return new TransferFault(`${host}: ${what}`, {
    retry: passing,
    answered,
    ...(waitMs === null ? {} : { waitMs }),
  });
}

/** Only a strong etag promises equal bytes, and only it may stand in `If-Range`. */
function strongEtag(response: Response): string | null {
  const etag = response.headers.get('etag');
  return etag?.startsWith('"') ? etag : null;
}
