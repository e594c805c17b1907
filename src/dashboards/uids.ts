/** Fixed uids of Grafana's datasources, so that dashboards and links name them without looking them up. */
export const datasourceUids = { mimir: 'mimir', tempo: 'tempo', loki: 'loki' } as const;
