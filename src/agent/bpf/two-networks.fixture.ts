import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';

/** Two network namespaces on one wire; in the client's, `virtual` is nobody's address and nft sends it to the server. */
export class TwoNetworks {
  readonly client: string;
  readonly server: string;
  readonly addresses = { client: '10.213.7.1', server: '10.213.7.2', virtual: '10.99.7.1' };

  constructor() {
    const name = `ostack-${randomBytes(3).toString('hex')}`;
    this.client = `${name}-c`;
    this.server = `${name}-s`;
    const { client, server } = this.addresses;
    run('ip', 'netns', 'add', this.client);
    run('ip', 'netns', 'add', this.server);
    run('ip', '-n', this.client, 'link', 'add', 'wire', 'type', 'veth', 'peer', 'name', 'wire', 'netns', this.server);
    for (const [space, address] of [
      [this.client, client],
      [this.server, server],
    ] as const) {
      run('ip', '-n', space, 'address', 'add', `${address}/24`, 'dev', 'wire');
      run('ip', '-n', space, 'link', 'set', 'wire', 'up');
    }
    run('ip', '-n', this.client, 'route', 'add', 'default', 'via', server);
  }

  /** Sends port 80 of the virtual address to this port of the server, as kube-proxy does. */
  forward(port: number): void {
    const { server, virtual } = this.addresses;
    const chain = '{ type nat hook output priority -100; }';
    run('ip', 'netns', 'exec', this.client, 'nft', 'add table ip nat');
    run('ip', 'netns', 'exec', this.client, 'nft', `add chain ip nat output ${chain}`);
    const rule = `add rule ip nat output ip daddr ${virtual} tcp dport 80 dnat to ${server}:${port}`;
    run('ip', 'netns', 'exec', this.client, 'nft', rule);
  }

  /** What runs a command inside. */
  through(space: string): readonly string[] {
    return ['ip', 'netns', 'exec', space];
  }

  remove(): void {
    for (const space of [this.client, this.server]) run('ip', 'netns', 'delete', space);
  }
}

function run(command: string, ...args: readonly string[]): void {
  execFileSync(command, args, { stdio: ['ignore', 'ignore', 'inherit'] });
}
