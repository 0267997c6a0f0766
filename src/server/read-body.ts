import type { IncomingMessage } from 'node:http';
import type { z } from 'zod';
import { Refusal } from './refusal.ts';

/** No request of a client is nested so deeply; what walks through a value may be recursive. */
const deepest = 64;

/**
 * Reads the JSON body of a request and checks it.
 *
 * @throws Refusal 400, 413, 415
 */
export async function readBody<T extends z.ZodType>(
  incoming: IncomingMessage,
  schema: T,
  mostBytes: number,
): Promise<z.output<T>> {
  return checked(schema, parse(await readText(incoming, mostBytes)));
}

async function readText(incoming: IncomingMessage, mostBytes: number): Promise<string> {
  const { headers } = incoming;
  if (!/^application\/json\s*(;|$)/i.test(headers['content-type'] ?? '')) {
    throw new Refusal(415, 'the body must be JSON, with the header "content-type: application/json"', {
      code: 'unsupported_media_type',
    });
  }
  if ((headers['content-encoding'] ?? 'identity') !== 'identity')
    throw new Refusal(415, 'a compressed body is not taken', { code: 'unsupported_media_type' });
  if (Number(headers['content-length'] ?? 0) > mostBytes) throw tooLarge(mostBytes);
  const parts: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const part of incoming as AsyncIterable<Buffer>) {
      bytes += part.length;
      if (bytes > mostBytes) break;
      parts.push(part);
    }
  } catch {
    throw new Refusal(400, 'the body ended before it was whole', { code: 'incomplete_body' });
  }
  if (bytes > mostBytes) throw tooLarge(mostBytes);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(parts));
  } catch {
    throw new Refusal(400, 'the body is not UTF-8', { code: 'invalid_json' });
  }
}

function tooLarge(mostBytes: number): Refusal {
  return new Refusal(413, `the body has more than ${mostBytes} bytes`, {
    code: 'body_too_large',
    // The rest of it is not read.
    headers: { connection: 'close' },
  });
}

function parse(text: string): unknown {
  if (nesting(text) > deepest)
    throw new Refusal(400, `the body is nested more than ${deepest} deep`, { code: 'invalid_json' });
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Refusal(400, `the body is not JSON: ${(error as Error).message.slice(0, 200)}`, {
      code: 'invalid_json',
    });
  }
}

/** Brackets that are open at the deepest place, strings left out. */
function nesting(text: string): number {
  let depth = 0;
  let most = 0;
  let inString = false;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (inString) {
      if (code === backslash) i++;
      else if (code === quote) inString = false;
    } else if (code === quote) inString = true;
    else if (code === openBracket || code === openBrace) most = Math.max(most, ++depth);
    else if (code === closeBracket || code === closeBrace) depth--;
  }
  return most;
}

const [quote, backslash, openBracket, closeBracket, openBrace, closeBrace] = [
  0x22, 0x5c, 0x5b, 0x5d, 0x7b, 0x7d,
];

function checked<T extends z.ZodType>(schema: T, value: unknown): z.output<T> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0]!;
  const path = issue.path
    .map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`))
    .join('');
  const field = path.replace(/^\./, '');
  const unknown = issue.code === 'unrecognized_keys' ? issue.keys[0]! : null;
  const param = unknown === null ? field : field === '' ? unknown : `${field}.${unknown}`;
  const message =
    unknown === null
      ? `${param === '' ? 'the body' : `"${param}"`} is not valid: ${issue.message}`
      : `"${param}" is not supported by this server${hints[unknown] ?? ''}`;
  throw new Refusal(400, message, {
    code: unknown === null ? 'invalid_value' : 'unsupported_parameter',
    param: param === '' ? null : param,
  });
}

/** What is often meant by a field that there is not. */
const hints: Record<string, string> = {
  // An argument of the Python client, which puts its content beside the other fields; elsewhere it is sent as it is.
  extra_body: ': put what is in it beside the other fields',
  layer: ': the field is "layers"',
};
