import type { Server } from 'node:http';
import { Server as NetServer, type Socket } from 'node:net';

/**
 * The connections of a server, and which of them are in use.
 *
 * Node's own `close` and `closeIdleConnections` take a connection for idle as soon as its answer is made, and cut off what
 * is still on its way to a slow reader.
 */
export class Connections {
  readonly #server: Server;
  readonly #all = new Set<Socket>();
  /** Requests of a connection whose answers are not yet sent. */
  readonly #open = new Map<Socket, number>();

  constructor(server: Server) {
    this.#server = server;
    server.on('connection', (socket: Socket) => {
      this.#all.add(socket);
      socket.once('close', () => this.#all.delete(socket));
    });
    server.on('request', ({ socket }, response) => {
      this.#open.set(socket, (this.#open.get(socket) ?? 0) + 1);
      response.once('close', () => {
        const left = this.#open.get(socket)! - 1;
        if (left === 0) this.#open.delete(socket);
        else this.#open.set(socket, left);
      });
    });
  }

  /** Lets nobody in any more; resolves when all connections are closed. Those in use are left to their ends. */
  close(): Promise<void> {
    const closing = setInterval(() => this.#closeIdle(), 50);
    return new Promise((resolve) => {
      NetServer.prototype.close.call(this.#server, () => {
        clearInterval(closing);
        // Ends what Node does for an open server; without an effect on connections, since there are none.
        this.#server.close();
        resolve();
      });
      this.#closeIdle();
    });
  }

  #closeIdle(): void {
    for (const socket of this.#all) if (!this.#open.has(socket)) socket.destroy();
  }
}
