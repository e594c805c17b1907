import { execa } from 'execa';

/** kubectl and Helm from the PATH, always on one cluster. */
export interface Client {
  kubectl(args: readonly string[], input?: string): Promise<string>;
  helm(args: readonly string[]): Promise<string>;
}

/** The client of a context of the user's kubeconfig; it never asks which one is current. */
export function clientOf(context: string): Client {
  return {
    kubectl: async (args, input) =>
      (await execa('kubectl', ['--context', context, ...args], input === undefined ? {} : { input })).stdout,
    helm: async (args) => (await execa('helm', [...args, '--kube-context', context])).stdout,
  };
}
