import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';

/** Bytes that look random and are the same every time. */
export function repeatableBytes(seed: string, length: number): Buffer {
  const blocks = Array.from({ length: Math.ceil(length / 32) }, (_, i) =>
    createHash('sha256').update(`${seed}${i}`).digest(),
  );
  return Buffer.concat(blocks).subarray(0, length);
}

/** Answers that the file is elsewhere. */
export function redirect(
  response: ServerResponse,
  location: string,
  headers: Record<string, string> = {},
): void {
  response.writeHead(302, { location, ...headers }).end('moved');
}

/** What a file server sends, and the faults it has. */
export interface SentBytes {
  content: Buffer;
  etag?: string | null;
  ranges?: boolean;
  heedsIfRange?: boolean;
  /** Bytes of this answer after which the connection is destroyed. */
  cutAfter?: number;
  /** Bytes of this answer after which nothing more is sent. */
  silentAfter?: number;
}

/** Answers a request for a file as RFC 9110 describes it, ranges included, or with the faults asked for. */
export function sendBytes(request: IncomingMessage, response: ServerResponse, options: SentBytes): void {
  const { content, etag = '"v1"', ranges = true, heedsIfRange = true } = options;
  const range = /^bytes=(\d+)-$/.exec(request.headers.range ?? '');
  const matches = !heedsIfRange || request.headers['if-range'] === etag;
  const start = ranges && matches && range !== null ? Number(range[1]) : 0;
  const version: Record<string, string> = etag === null ? {} : { etag };
  if (start >= content.length) {
    response.writeHead(416, { ...version, 'content-range': `bytes */${content.length}` }).end();
    return;
  }
  const rest = content.subarray(start);
  const place =
    start > 0 ? { 'content-range': `bytes ${start}-${content.length - 1}/${content.length}` } : {};
  response.writeHead(start > 0 ? 206 : 200, { ...version, ...place, 'content-length': rest.length });
  const shown = rest.subarray(0, options.cutAfter ?? options.silentAfter ?? rest.length);
  response.write(shown, () => {
    // Destroying at once would throw away what the socket still holds.
    if (options.cutAfter !== undefined) setTimeout(() => response.destroy(), 20);
    else if (options.silentAfter === undefined) response.end();
  });
}
