import type { Side } from '../bpf/contract.ts';

/** Whether an exchange failed, by the HTTP semantic conventions: 5xx on a server, 4xx too on a client, no response on both. */
export function hasFailed(side: Side, status: number): boolean {
  return status === 0 || status >= (side === 'server' ? 500 : 400);
}

/** `error.type` of an exchange; undefined if it did not fail. */
export function errorType(side: Side, status: number): string | undefined {
  if (!hasFailed(side, status)) return undefined;
  return status === 0 ? 'no_response' : String(status);
}

/** `error.type` of exchanges of which only the hundred of their status is common. */
export function errorTypeOfClass(side: Side, status: number): string | undefined {
  return hasFailed(side, status) && status > 0 ? `${Math.floor(status / 100)}xx` : errorType(side, status);
}

/** Span name and `span_name` label: method and route, or the method alone (on clients the route is only a guess). */
export function spanName(method: string, route: string): string {
  const verb = method === '_OTHER' ? 'HTTP' : method;
  return route === '' ? verb : `${verb} ${route}`;
}
