import { createHash, timingSafeEqual } from 'node:crypto';
import { isIP } from 'node:net';
import { Refusal } from './refusal.ts';

/** Who may ask. */
export interface GuardOptions {
  /** Any of them opens the server; none: it is open to whoever reaches it. */
  apiKeys: readonly string[];
  /** Names of this server besides `localhost` and addresses; `*` allows every name. */
  allowedHosts: readonly string[];
  /** Origins of web pages that may ask, as `https://example.org`, besides the server's own. */
  allowedOrigins: readonly string[];
}

/** The part of a request that tells who asks. */
export interface Caller {
  method: string;
  path: string;
  host: string | undefined;
  /** Host of the request's target, which may name one of its own. */
  targetHost: string;
  origin: string | undefined;
  authorization: string | undefined;
}

/** Says whether the server answers: for load balancers, which have no key. */
const openPath = '/health';

/**
 * Refuses those who may not ask.
 *
 * - A Host that is a name other than ours: a web page whose name was made to point here (DNS rebinding).
 * - An Origin other than ours: a web page of another site.
 * - No key, or a wrong one. Keys are compared by hash in constant time.
 *
 * @throws Refusal 401, 403
 */
export function guard(caller: Caller, { apiKeys, allowedHosts, allowedOrigins }: GuardOptions): void {
  const { method, path, host = '', targetHost, origin, authorization } = caller;
  const foreign = [host, targetHost].find((name) => !isOwnHost(name, allowedHosts));
  if (foreign !== undefined) {
    throw new Refusal(403, `the host ${JSON.stringify(foreign)} is not a name of this server`, {
      code: 'host_refused',
    });
  }
  if (origin !== undefined && origin !== `http://${host}` && !allowedOrigins.includes(origin)) {
    throw new Refusal(403, `pages of ${JSON.stringify(origin)} may not ask this server`, {
      code: 'origin_refused',
    });
  }
  // A preflight carries no key; it changes nothing and tells nothing.
  if (method === 'OPTIONS' || path === openPath || apiKeys.length === 0) return;
  const given = /^Bearer\s+(\S+)\s*$/i.exec(authorization ?? '')?.[1];
  if (given !== undefined && isKey(given, apiKeys)) return;
  throw new Refusal(401, given === undefined ? 'an API key is needed' : 'the API key is wrong', {
    code: given === undefined ? 'missing_api_key' : 'invalid_api_key',
    headers: { 'www-authenticate': 'Bearer' },
  });
}

/** What a page of an allowed origin needs to be told, for its browser. */
export function crossOriginHeaders(
  origin: string | undefined,
  requested: string | undefined,
  { allowedOrigins }: Pick<GuardOptions, 'allowedOrigins'>,
): Record<string, string> {
  if (origin === undefined || !allowedOrigins.includes(origin)) return {};
  return {
    'access-control-allow-origin': origin,
    'access-control-allow-methods': 'GET, POST, PUT',
    'access-control-allow-headers': requested ?? 'authorization, content-type',
    'access-control-max-age': '600',
    vary: 'origin',
  };
}

function isOwnHost(host: string, allowed: readonly string[]): boolean {
  const name = /^(\[[0-9a-f:.]+\]|[^:[\]]*)(:\d{1,5})?$/i.exec(host)?.[1]?.toLowerCase();
  if (name === undefined || name === '') return false;
  if (name === 'localhost' || isIP(name.replace(/^\[|\]$/g, '')) !== 0) return true;
  return allowed.some((one) => one === '*' || one.toLowerCase() === name);
}

/** Every key is compared, whichever fits: the time tells nothing. */
function isKey(given: string, keys: readonly string[]): boolean {
  let fits = false;
  for (const key of keys) if (timingSafeEqual(sha256(given), sha256(key))) fits = true;
  return fits;
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
