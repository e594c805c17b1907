import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import protobuf from 'protobufjs';

/** https://prometheus.io/docs/specs/prw/remote_write_spec/ */
const messages = protobuf.Root.fromJSON({
  nested: {
    WriteRequest: { fields: { timeseries: { rule: 'repeated', id: 1, type: 'TimeSeries' } } },
    TimeSeries: {
      fields: {
        labels: { rule: 'repeated', id: 1, type: 'Label' },
        samples: { rule: 'repeated', id: 2, type: 'Sample' },
      },
    },
    Label: { fields: { name: { id: 1, type: 'string' }, value: { id: 2, type: 'string' } } },
    Sample: { fields: { value: { id: 1, type: 'double' }, timestamp: { id: 2, type: 'int64' } } },
  },
}).lookupType('WriteRequest');

interface Series {
  readonly labels: readonly { readonly name: string; readonly value: string }[];
  readonly samples?: readonly { readonly value: number }[];
}

/** What Prometheus would be written: the last value of each series, as its text format shows them. */
export class RemoteWriteReceiver {
  readonly #values = new Map<string, number>();
  readonly #server = http.createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      this.#take(unsnapped(Buffer.concat(parts)));
      response.writeHead(204).end();
    });
  });

  async start(): Promise<string> {
    await once(this.#server.listen(0, '127.0.0.1'), 'listening');
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/api/v1/push`;
  }

  /** Sorted lines. */
  get lines(): string[] {
    return [...this.#values].map(([series, value]) => `${series} ${value}`).sort();
  }

  stop(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  #take(bytes: Uint8Array): void {
    const { timeseries = [] } = messages.toObject(messages.decode(bytes)) as { timeseries?: Series[] };
    for (const { labels, samples = [] } of timeseries) {
      const name = labels.find((label) => label.name === '__name__')?.value ?? '';
      const rest = labels.filter((label) => label.name !== '__name__');
      const series = `${name}{${rest.map((label) => `${label.name}="${label.value}"`).join(',')}}`;
      for (const { value = 0 } of samples) this.#values.set(series, value);
    }
  }
}

/** Snappy's block format: https://github.com/google/snappy/blob/main/format_description.txt */
function unsnapped(from: Buffer): Buffer {
  let at = 0;
  const number = (bytes: number) => {
    const value = from.readUIntLE(at, bytes);
    at += bytes;
    return value;
  };
  let size = 0;
  for (let shift = 0, more = true; more; shift += 7) {
    const byte = number(1);
    size += (byte & 127) * 2 ** shift;
    more = byte > 127;
  }
  const to = Buffer.alloc(size);
  for (let end = 0; end < size;) {
    const tag = number(1);
    const kind = tag & 3;
    if (kind === 0) {
      const short = tag >> 2;
      const length = 1 + (short < 60 ? short : number(short - 59));
      end += from.copy(to, end, at, at + length);
      at += length;
      continue;
    }
    const length = kind === 1 ? 4 + ((tag >> 2) & 7) : 1 + (tag >> 2);
    const back = kind === 1 ? ((tag >> 5) << 8) | number(1) : number(kind === 2 ? 2 : 4);
    // May overlap with what it writes.
    for (let i = 0; i < length; i++, end++) to[end] = to[end - back] ?? 0;
  }
  return to;
}
