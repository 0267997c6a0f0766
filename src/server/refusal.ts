import { type ErrorCode, SteerbenchError } from '../errors.ts';

/** Statuses that the server answers with besides 200 and 204. */
export type RefusalStatus = 400 | 401 | 403 | 404 | 405 | 413 | 415 | 422 | 429 | 500 | 503 | 504;

/** What goes with a refusal. */
export interface RefusalDetails {
  /** A code for programs. */
  code: string;
  /** The field of the request that is to blame. */
  param?: string | null;
  headers?: Record<string, string>;
}

/**
 * A request that is not served, as the client is told.
 *
 * @example
 * throw new Refusal(404, 'there is no model "gpt-4"', { code: 'model_not_found', param: 'model' });
 */
export class Refusal extends Error {
  readonly status: RefusalStatus;
  readonly code: string;
  readonly param: string | null;
  readonly headers: Record<string, string>;

  constructor(status: RefusalStatus, message: string, { code, param = null, headers = {} }: RefusalDetails) {
    super(message);
    this.name = 'Refusal';
    this.status = status;
    this.code = code;
    this.param = param;
    this.headers = headers;
  }

  /** The body of the answer, in OpenAI's form. */
  get body(): { error: { message: string; type: string; param: string | null; code: string } } {
    return {
      error: { message: this.message, type: typeOf(this.status), param: this.param, code: this.code },
    };
  }
}

function typeOf(status: RefusalStatus): string {
  if (status === 401) return 'authentication_error';
  if (status === 403) return 'permission_error';
  if (status === 429) return 'rate_limit_error';
  return status >= 500 ? 'server_error' : 'invalid_request_error';
}

/** Domain errors that a request can bring about, with the field that is to blame. */
const ofTheRequest: Partial<Record<ErrorCode, { status?: 400 | 422; param: string | null; code?: string }>> =
  {
    'steering-malformed': { param: 'steering' },
    'vector-not-found': { param: 'steering' },
    'vector-malformed': { param: 'steering' },
    'vector-ambiguous': { param: 'steering' },
    'vector-dimension': { param: 'steering' },
    'file-refused': { param: 'steering' },
    'file-malformed': { param: 'steering' },
    'layer-out-of-range': { param: 'steering' },
    'model-mismatch': { param: 'steering' },
    // Of a schema it is told below.
    'grammar-malformed': { param: 'grammar' },
    'messages-refused': { param: 'messages' },
    // OpenAI's own code: clients look for it to shorten a conversation.
    'prompt-too-long': { param: null, code: 'context_length_exceeded' },
    // The request was good, but what it asks for breaks the model's arithmetic.
    'answer-broken': { status: 422, param: null },
  };

/** Domain errors that pass: the engine is started afresh, or memory comes back. */
const passing: ReadonlySet<ErrorCode> = new Set(['engine-crashed', 'out-of-memory']);

/**
 * The refusal that an error comes to.
 *
 * Errors that nobody foresaw are told without their text: it could hold what is not the client's.
 */
export function refusalOf(error: unknown): Refusal {
  if (error instanceof Refusal) return error;
  if (error instanceof SteerbenchError) {
    const message = error.remedy === '' ? error.message : `${error.message}; ${error.remedy}`;
    const known = ofTheRequest[error.code];
    if (known !== undefined)
      return new Refusal(known.status ?? 400, message, {
        code: known.code ?? error.code,
        param: ofSchema(error) ? 'response_format' : known.param,
      });
    if (passing.has(error.code)) return unavailable(error.code, firstLine(message));
    return new Refusal(500, message, { code: error.code });
  }
  // The engine refuses numbers that no schema can know, such as a token beyond the vocabulary.
  if (error instanceof RangeError && !('code' in error) && !ofJavaScript.test(error.message))
    return new Refusal(400, error.message, {
      code: 'invalid_value',
      param: /"(\w+)"/.exec(error.message)?.[1] ?? null,
    });
  return new Refusal(500, 'something went wrong inside the server; its log says more', {
    code: 'internal_error',
  });
}

/** A schema is refused before a grammar is made of it; llama.cpp refuses only a grammar that was given. */
function ofSchema({ code, message }: SteerbenchError): boolean {
  return code === 'grammar-malformed' && message.startsWith('the schema ');
}

/** RangeErrors of the language itself: faults of the program. */
const ofJavaScript =
  /^(Invalid array length|Maximum call stack|Invalid string length|Array buffer allocation)/;

/** 503: the same request can be sent again in a moment. */
export function unavailable(code: string, message: string): Refusal {
  return new Refusal(503, message, { code, headers: { 'retry-after': '1' } });
}

/** What the engine last said may be long, and is of no use to a client. */
function firstLine(message: string): string {
  return message.replace(/; it last said: .*?(?=; |$)/s, '');
}
