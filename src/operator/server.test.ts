import { expect, test } from '@jest/globals';
import { plainHttp } from './canary/http.ts';
import { startServer } from './server.ts';

test('health and readiness fail with their reason, and metrics are served', async () => {
  let trouble: string | undefined;
  const server = await startServer({
    port: 0,
    metrics: async () => 'up 1\n',
    sick: () => undefined,
    unready: () => trouble,
  });
  const get = async (path: string) => {
    const { status, body } = await plainHttp(`http://127.0.0.1:${server.port}${path}`);
    return `${status} ${body.trim()}`;
  };
  try {
    expect(await get('/readyz')).toBe('200 ok');
    trouble = 'a watch has been down for a minute: the cache is stale';
    expect(await get('/readyz')).toBe(`503 ${trouble}`);
    expect(await get('/healthz')).toBe('200 ok');
    expect(await get('/metrics?x=1')).toBe('200 up 1');
    expect(await get('/')).toMatch(/^404/);
  } finally {
    await server.stop();
  }
});
