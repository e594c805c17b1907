import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { freePort } from '../testing/free-port.fixture.ts';
import type { Counts } from './shapes.fixture.ts';

/** Debian's nginx with two workers, in a directory of the test; `/sized` and `/chunked` come from another server. */
export class Nginx {
  readonly port: number;
  readonly #directory: string;
  readonly #process: ChildProcess;

  private constructor(process: ChildProcess, port: number, directory: string) {
    this.#process = process;
    this.port = port;
    this.#directory = directory;
  }

  /** @param upstream port of the server behind it */
  static async start(directory: string, upstream: number): Promise<Nginx> {
    const port = await freePort();
    mkdirSync(directory);
    writeFileSync(join(directory, 'file'), Buffer.alloc(50_000));
    writeFileSync(join(directory, 'nginx.conf'), configuration(directory, port, upstream));
    const child = spawn('/usr/sbin/nginx', ['-e', 'stderr', '-c', join(directory, 'nginx.conf')], {
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    while (!(await answers(port))) {
      if (child.exitCode !== null) throw new Error('nginx ended');
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    return new Nginx(child, port, directory);
  }

  /** The master and its workers. */
  get pids(): readonly number[] {
    const master = this.#process.pid ?? 0;
    const children = readFileSync(`/proc/${master}/task/${master}/children`, 'utf8');
    return [master, ...children.trim().split(' ').map(Number)];
  }

  /** Ends it after the requests under way. @returns what its log says it answered; 0: asked, and not a byte went out. */
  async stop(): Promise<Counts> {
    const closed = once(this.#process, 'close');
    this.#process.kill('SIGQUIT');
    await closed;
    const counts: Counts = {};
    for (const line of readFileSync(join(this.#directory, 'access.log'), 'utf8').trimEnd().split('\n')) {
      const [method, status, path, bytes] = line.split(' ');
      const key = `${method} ${bytes === '0' ? 0 : status} ${path}`;
      counts[key] = (counts[key] ?? 0) + 1;
    }
    return counts;
  }
}

function configuration(directory: string, port: number, upstream: number): string {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (name) => `${name}_temp_path ${directory};`,
  );
  return `
user root;
daemon off;
worker_processes 2;
pid ${directory}/pid;
events { worker_connections 512; }
http {
  ${temporary.join(' ')}
  log_format counts '$request_method $status $uri $bytes_sent';
  access_log ${directory}/access.log counts buffer=256k;
  log_not_found off;
  sendfile on;
  tcp_nopush on;
  keepalive_requests 100000000;
  keepalive_timeout 60s;
  upstream behind { server 127.0.0.1:${upstream}; keepalive 8; }
  server {
    listen 127.0.0.1:${port};
    root ${directory};
    location = /plain { return 200 hello; }
    location = /fail { return 503; }
    location = /sized { proxy_pass http://behind; proxy_http_version 1.1; proxy_set_header Connection ""; }
    location = /chunked { proxy_pass http://behind; proxy_http_version 1.1; proxy_set_header Connection ""; }
  }
}
`;
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}
