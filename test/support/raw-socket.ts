import { connect, type Socket } from 'node:net';

/** A connection by hand. */
export interface RawSocket {
  socket: Socket;
  send: (text: string) => void;
  /** What has come so far. */
  received: () => string;
  /** Waits for the other side to end the connection; everything that came. */
  closed: Promise<string>;
  /** Waits until the text has come. */
  until: (text: string) => Promise<void>;
}

/** Opens a connection to a server. */
export async function rawSocket(url: string): Promise<RawSocket> {
  const { hostname, port } = new URL(url);
  const socket = connect({ host: hostname, port: Number(port), allowHalfOpen: true });
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('error', reject);
  });
  let text = '';
  socket.setEncoding('latin1');
  socket.on('data', (piece: string) => (text += piece));
  socket.on('error', () => {});
  const closed = new Promise<string>((resolve) => {
    socket.once('end', () => {
      socket.end();
      resolve(text);
    });
    socket.once('close', () => resolve(text));
  });
  return {
    socket,
    send: (piece) => void socket.write(piece, 'latin1'),
    received: () => text,
    closed,
    until: async (wanted) => {
      for (let tries = 0; !text.includes(wanted); tries++) {
        if (tries > 2000) throw new Error(`"${wanted}" never came; there is ${JSON.stringify(text)}`);
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    },
  };
}

/** Status of the answer that a text begins with. */
export function statusOf(text: string): number {
  return Number(/^HTTP\/1\.1 (\d{3}) /.exec(text)?.[1]);
}

/** The JSON body of the answer that a text is. */
export function bodyOf(text: string): { error: { message: string; type: string; code: string } } {
  return JSON.parse(text.slice(text.indexOf('\r\n\r\n') + 4).replace(/^[0-9a-f]+\r\n|\r\n0\r\n\r\n$/g, ''));
}

const text = JSON.stringify({ prompt: 'x '.repeat(1_000_000) });

/** A request whose answer of some megabytes is made in a moment: more than the buffers between two ends hold. */
export const muchToRead = `POST /tokenize HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: ${text.length}\r\n\r\n${text}`;

/** Whether the one answer that a text begins with has the length it announces. */
export function isWhole(text: string): boolean {
  const length = Number(/\r\ncontent-length: (\d+)\r\n/i.exec(text)?.[1]);
  return text.length === text.indexOf('\r\n\r\n') + 4 + length;
}
