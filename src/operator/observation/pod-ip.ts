import type { Live } from '../../kube/index.ts';

/** The address of a pod as a URL wants it; undefined while it has none. */
export function podIp(pod: Live): string | undefined {
  const ip = (pod['status'] as { podIP?: string } | undefined)?.podIP;
  return ip === undefined || !ip.includes(':') ? ip : `[${ip}]`;
}
