import { once } from 'node:events';
import net from 'node:net';

/** What the client says, then what the server answers (nothing if it only listens); or what is done in between. */
export type Turn = readonly [asked: string | Buffer, answered?: string | Buffer] | (() => void);

/** Resolves when so many bytes more than before have come. */
class Listener {
  #bytes = 0;
  #wanted = 0;
  #wake: () => void = () => {};

  constructor(socket: net.Socket) {
    socket.on('error', () => {});
    socket.on('data', (data) => {
      this.#bytes += data.length;
      if (this.#bytes >= this.#wanted) this.#wake();
    });
  }

  async hear(bytes: number): Promise<void> {
    this.#wanted += bytes;
    if (this.#bytes < this.#wanted) await new Promise<void>((resolve) => (this.#wake = resolve));
  }
}

/** One connection of this process with itself, byte for byte, each turn heard before the next; then both ends close. */
export async function converse(turns: readonly Turn[], address = '127.0.0.1', listening = address): Promise<void> {
  const server = net.createServer().listen(0, listening);
  await once(server, 'listening');
  const client = net.connect({ port: (server.address() as net.AddressInfo).port, host: address, noDelay: true });
  const accepting = once(server, 'connection') as Promise<[net.Socket]>;
  const [[accepted]] = await Promise.all([accepting, once(client, 'connect')]);
  const [atServer, atClient] = [new Listener(accepted), new Listener(client)];
  for (const turn of turns) {
    if (typeof turn === 'function') {
      turn();
      continue;
    }
    const [asked, answered = ''] = turn;
    client.write(asked);
    await atServer.hear(asked.length);
    if (answered.length === 0) continue;
    accepted.write(answered);
    await atClient.hear(answered.length);
  }
  const closed = Promise.all([once(client, 'close'), once(accepted, 'close')]);
  client.end();
  accepted.end();
  await closed;
  server.close();
}
