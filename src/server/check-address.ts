import { isIP } from 'node:net';

const leastKey = 8;

/**
 * Refuses an address that other machines reach while no key is asked for, and keys that are too short.
 *
 * @throws RangeError
 * @example
 * checkAddress('0.0.0.0', ['a-long-secret']);
 */
export function checkAddress(host: string, apiKeys: readonly string[]): void {
  if (apiKeys.some((key) => key.length < leastKey || /\s/.test(key)))
    throw new RangeError(`an API key needs at least ${leastKey} characters, none of them white space`);
  if (isLoopback(host) || apiKeys.length > 0) return;
  throw new RangeError(
    `"${host}" can be reached from other machines: give an API key (STEERBENCH_API_KEY or --api-key-file), or listen on 127.0.0.1`,
  );
}

/** A name that begins like an address of this machine can lead anywhere. */
function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
}
