import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { get, type RequestOptions } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type FaultProxy, startFaultProxy } from './fault-proxy.ts';

const directory = mkdtempSync(join(tmpdir(), 'ostack-proxy-'));
const certificate = join(directory, 'server.crt');
const key = join(directory, 'server.key');
let upstream: Server;
let address: string;

beforeAll(async () => {
  const pair = [
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:prime256v1',
    '-nodes',
    '-keyout',
    key,
    '-out',
    certificate,
  ];
  const subject = ['-subj', '/CN=proxy', '-addext', 'subjectAltName=IP:127.0.0.1', '-days', '1'];
  execFileSync('openssl', ['req', '-x509', ...subject, ...pair], { stdio: 'ignore' });
  // `/watch` sends one line and stays open, everything else answers with what it was asked.
  upstream = createServer((incoming, answer) => {
    if (incoming.url === '/watch') return void answer.write('{"type":"ADDED"}\n');
    answer.end(`${incoming.method} ${incoming.url} ${incoming.headers.authorization}`);
  });
  await new Promise<void>((resolve) => upstream.listen(0, '127.0.0.1', resolve));
  address = `http://127.0.0.1:${(upstream.address() as AddressInfo).port}`;
});

afterAll(() => {
  upstream.closeAllConnections();
  upstream.close();
  rmSync(directory, { recursive: true });
});

interface Answer {
  readonly status: number;
  readonly text: string;
  readonly cut: boolean;
}

function ask(proxy: FaultProxy, path: string, onData: () => void = () => undefined): Promise<Answer> {
  const options: RequestOptions = {
    ca: readFileSync(certificate),
    headers: { authorization: 'Bearer t' },
    agent: false,
  };
  return new Promise((resolve, reject) => {
    const outgoing = get(proxy.url + path, options, (answer) => {
      let text = '';
      const end = (cut: boolean): void => resolve({ status: answer.statusCode ?? 0, text, cut });
      answer.on('data', (chunk: Buffer) => {
        text += chunk.toString();
        onData();
      });
      answer.once('end', () => end(false));
      answer.once('error', () => end(true));
    });
    outgoing.once('error', reject);
  });
}

async function withProxy<T>(chances: readonly number[], work: (proxy: FaultProxy) => Promise<T>): Promise<T> {
  let next = 0;
  const random = (): number => chances[next++ % chances.length] ?? 0;
  const proxy = await startFaultProxy({ upstream: address, certificate, key, address: '127.0.0.1', random });
  try {
    return await work(proxy);
  } finally {
    await proxy.stop();
  }
}

describe('the fault proxy', () => {
  test('passes requests and tokens through while nothing is asked of it', async () => {
    const answer = await withProxy([0.5], (proxy) => ask(proxy, '/api?x=1'));
    expect(answer).toEqual({ status: 200, text: 'GET /api?x=1 Bearer t', cut: false });
  });

  test('refuses the wanted share with a Status the API server could have sent', async () => {
    await withProxy([0.04, 0.1, 0.04, 0.9, 0.06], async (proxy) => {
      proxy.set({ failShare: 0.05 });
      const answers = [await ask(proxy, '/a'), await ask(proxy, '/b'), await ask(proxy, '/c')];
      expect(answers.map(({ status }) => status)).toEqual([429, 500, 200]);
      expect(JSON.parse(answers[0]?.text ?? '')).toMatchObject({
        kind: 'Status',
        code: 429,
        reason: 'TooManyRequests',
      });
      expect(proxy.counts).toEqual({ requests: 3, failed: 2, cuts: 0 });
    });
  });

  test('delivers a watch event at once and cuts the watch when told to', async () => {
    const answer = await withProxy([0.5], (proxy) => ask(proxy, '/watch', () => proxy.cut()));
    expect(answer).toEqual({ status: 200, text: '{"type":"ADDED"}\n', cut: true });
  });

  test('cuts by itself as often as it was set to', async () => {
    await withProxy([0.5], async (proxy) => {
      proxy.set({ cutEveryMs: 300 });
      expect((await ask(proxy, '/watch')).cut).toBe(true);
      expect(proxy.counts.cuts).toBeGreaterThan(0);
    });
  });

  test('holds every request back by the latency', async () => {
    await withProxy([0.5], async (proxy) => {
      proxy.set({ latencyMs: 60 });
      const start = performance.now();
      await ask(proxy, '/slow');
      expect(performance.now() - start).toBeGreaterThanOrEqual(59);
    });
  });
});
