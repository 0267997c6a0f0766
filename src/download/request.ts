import { networkFault, TransferFault } from './transfer-fault.ts';

/** The last answer of a chain of redirects. */
export interface Answer {
  response: Response;
  /** Sha256 that the hub stated for a file in its large storage, in any answer of the chain; null where none did. */
  hubSha256: string | null;
}

/**
 * Sends a GET or HEAD and follows redirects by hand: the hub states a file's hash only in the answer that redirects.
 *
 * A token is not carried to another host.
 *
 * @param reachTimeoutMs Time to the answer's headers, for each step of the chain.
 * @throws TransferFault when no answer came.
 */
export async function request(
  url: string,
  options: {
    method?: 'GET' | 'HEAD';
    headers?: Record<string, string>;
    reachTimeoutMs: number;
    /** Ends the request, and later the reading of its body; the reason is what they throw. */
    controller: AbortController;
  },
): Promise<Answer> {
  const start = new URL(url);
  let address = start;
  let hubSha256: string | null = null;
  for (let step = 0; step <= maximumRedirects; step += 1) {
    const response = await send(address, start.origin, options);
    hubSha256 ??= statedSha256(response, step === 0);
    const location = response.headers.get('location');
    if (!redirects.has(response.status) || location === null) return { response, hubSha256 };
    // The body of a redirect is not read; ending it gives the connection back.
    await response.body?.cancel();
    address = new URL(location, address);
  }
  throw new TransferFault(`${start.host}: more than ${maximumRedirects} redirects`, {
    retry: false,
    answered: true,
  });
}

async function send(address: URL, origin: string, options: Parameters<typeof request>[1]): Promise<Response> {
  const seconds = options.reachTimeoutMs / 1000;
  const late = new TransferFault(`${address.host}: no answer within ${seconds} s`, {
    retry: true,
    answered: false,
  });
  const timer = setTimeout(() => options.controller.abort(late), options.reachTimeoutMs);
  try {
    const { authorization, ...headers } = options.headers ?? {};
    return await fetch(address, {
      method: options.method ?? 'GET',
      redirect: 'manual',
      signal: options.controller.signal,
      headers: {
        ...headers,
        // Lengths and ranges must be those of the file, not of a compressed form of it.
        'accept-encoding': 'identity',
        'user-agent': 'steerbench',
        ...(authorization !== undefined && address.origin === origin ? { authorization } : {}),
      },
    });
  } catch (error) {
    throw networkFault(address.host, error);
  } finally {
    clearTimeout(timer);
  }
}

/** The hub's `x-linked-etag`; the plain etag only of the first host, for another server's may be any 64 digits. */
function statedSha256(response: Response, first: boolean): string | null {
  const etag = response.headers.get('x-linked-etag') ?? (first ? response.headers.get('etag') : null);
  const digits = etag?.replace(/^"|"$/g, '').toLowerCase() ?? '';
  return /^[0-9a-f]{64}$/.test(digits) ? digits : null;
}

const redirects = new Set([301, 302, 303, 307, 308]);
const maximumRedirects = 8;
