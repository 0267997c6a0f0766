import { systemCode } from '../files/read-failure.ts';

/** Why one attempt to transfer a file failed, and whether another one may do better. */
export class TransferFault extends Error {
  /** Whether another attempt at the same address makes sense. */
  readonly retry: boolean;
  /** Pause the server asked for; null where it named none. */
  readonly waitMs: number | null;
  /** True when a server answered, whatever it said. */
  readonly answered: boolean;
  /** What the user can do; empty when nothing special. */
  readonly remedy: string;

  constructor(
    message: string,
    options: { retry: boolean; answered: boolean; waitMs?: number; remedy?: string; cause?: unknown },
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'TransferFault';
    this.retry = options.retry;
    this.waitMs = options.waitMs ?? null;
    this.answered = options.answered;
    this.remedy = options.remedy ?? '';
  }
}

/** The fault behind an error of `fetch`, whose own message is always "fetch failed". */
export function networkFault(host: string, error: unknown): TransferFault {
  if (error instanceof TransferFault) return error;
  const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
  const code = systemCode(cause);
  const reason =
    reasons[code] ?? (cause instanceof Error && cause.message !== '' ? cause.message : code || 'unknown');
  return new TransferFault(`${host}: ${reason}`, { retry: !hopeless.has(code), answered: false, cause });
}

const reasons: Record<string, string> = {
  ENOTFOUND: 'the name cannot be resolved (no network?)',
  EAI_AGAIN: 'the name cannot be resolved (no network?)',
  ECONNREFUSED: 'the connection was refused',
  ENETUNREACH: 'there is no route (no network?)',
  EHOSTUNREACH: 'there is no route (no network?)',
  ECONNRESET: 'the connection was cut',
  UND_ERR_SOCKET: 'the connection was cut',
  UND_ERR_CONNECT_TIMEOUT: 'no connection in time',
  ETIMEDOUT: 'no connection in time',
  CERT_HAS_EXPIRED: 'its certificate has expired',
  SELF_SIGNED_CERT_IN_CHAIN: 'its certificate is not trusted (a proxy? set NODE_EXTRA_CA_CERTS)',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its certificate is not trusted (a proxy? set NODE_EXTRA_CA_CERTS)',
};

/** What a second attempt some seconds later does not mend. */
const hopeless = new Set([
  'ENOTFOUND',
  'EAI_AGAIN',
  'ECONNREFUSED',
  'ENETUNREACH',
  'EHOSTUNREACH',
  'CERT_HAS_EXPIRED',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
]);
