/** Where the two Alloy roles find each other, the backends and what they scrape. */
export interface Wiring {
  readonly stackName: string;
  readonly namespace: string;
  /** Empty for none. */
  readonly clusterName: string;
  readonly sampler: {
    readonly service: string;
    /** A headless Service: its host name must answer with the addresses of the ready samplers only. */
    readonly headless: string;
    readonly port: number;
    /** Whether there is, or may come to be, more than one. */
    readonly several: boolean;
  };
  /** host:port */
  readonly tempo?: { readonly otlpGrpc: string };
  /** URL of the push endpoint */
  readonly mimir?: { readonly remoteWrite: string };
  /** URL of the push endpoint, `…/loki/api/v1/push` */
  readonly loki?: { readonly push: string };
  /** Own metrics of the components: the name they carry in `app.kubernetes.io/name`, and host:port of `/metrics`. */
  readonly scrape: readonly { readonly job: string; readonly address: string }[];
}
