import { createInterface } from 'node:readline';
import { execa } from 'execa';

const announced = /^Forwarding from (127\.0\.0\.1:\d+) /;

/** A Service that answers on a port of this machine until it is stopped. */
export interface Forward {
  readonly url: string;
  stop(): Promise<void>;
}

/** Forwards a Service of a cluster to whichever local port is free; throws what kubectl says if it cannot. */
export async function portForward(
  context: string,
  { namespace, service, port }: { readonly namespace: string; readonly service: string; readonly port: number },
): Promise<Forward> {
  const args = ['--context', context, 'port-forward', '-n', namespace, `service/${service}`, `:${port}`];
  const kubectl = execa('kubectl', args, { reject: false, buffer: { stdout: false } });
  const address = await new Promise<string>((resolve, reject) => {
    // It goes on reading: kubectl has a line for every connection, and ends when nobody takes it.
    createInterface(kubectl.stdout).on('line', (line) => {
      const match = announced.exec(line)?.[1];
      if (match !== undefined) resolve(match);
    });
    void kubectl.then(({ stderr }) => reject(new Error(`kubectl ${args.join(' ')}: ${stderr}`)));
  });
  return {
    url: `http://${address}`,
    async stop() {
      kubectl.kill();
      await kubectl;
    },
  };
}
