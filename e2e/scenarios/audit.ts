import { open, stat } from 'node:fs/promises';

/** One finished request as the API server's audit log (level Metadata) tells it. */
export interface AuditedRequest {
  readonly user: string;
  /** The pod whose token it came with; empty for anybody else. */
  readonly pod: string;
  readonly agent: string;
  readonly verb: string;
  readonly resource: string;
  readonly name: string;
  readonly namespace: string;
  /** As rules of RBAC name it; empty for the core group. */
  readonly group: string;
  readonly status: number;
  readonly uri: string;
  /** When the server received it and when it was done with it, milliseconds since the epoch. */
  readonly receivedAt: number;
  readonly doneAt: number;
}

interface AuditEvent {
  readonly stage: string;
  readonly verb: string;
  readonly requestURI: string;
  readonly userAgent?: string;
  readonly requestReceivedTimestamp: string;
  readonly stageTimestamp: string;
  readonly user?: { readonly username: string; readonly extra?: Readonly<Record<string, readonly string[]>> };
  readonly objectRef?: {
    readonly apiGroup?: string;
    readonly resource?: string;
    readonly subresource?: string;
    readonly name?: string;
    readonly namespace?: string;
  };
  readonly responseStatus?: { readonly code: number };
}

/** Remembers where the log ends now; the answer reads what was added since. */
export async function sinceNow(auditLog: string): Promise<() => Promise<readonly AuditedRequest[]>> {
  const { size: start } = await stat(auditLog);
  return async () => {
    const file = await open(auditLog);
    try {
      const { size } = await file.stat();
      const { buffer } = await file.read(Buffer.alloc(size - start), 0, size - start, start);
      return buffer
        .toString('utf8')
        .split('\n')
        .filter((line) => line.endsWith('}'))
        .map((line) => JSON.parse(line) as AuditEvent)
        .filter((event) => event.stage === 'ResponseComplete' || event.stage === 'Panic')
        .map(toRequest);
    } finally {
      await file.close();
    }
  };
}

function toRequest(event: AuditEvent): AuditedRequest {
  const { user, userAgent, verb, objectRef, responseStatus, requestURI } = event;
  const sub = objectRef?.subresource === undefined ? '' : `/${objectRef.subresource}`;
  return {
    user: user?.username ?? '',
    pod: user?.extra?.['authentication.kubernetes.io/pod-name']?.[0] ?? '',
    agent: userAgent ?? '',
    verb,
    resource: `${objectRef?.resource ?? ''}${sub}`,
    name: objectRef?.name ?? '',
    namespace: objectRef?.namespace ?? '',
    group: objectRef?.apiGroup ?? '',
    status: responseStatus?.code ?? 0,
    uri: requestURI,
    receivedAt: Date.parse(event.requestReceivedTimestamp),
    doneAt: Date.parse(event.stageTimestamp),
  };
}

const mutating = new Set(['create', 'update', 'patch', 'delete', 'deletecollection']);

/** Requests that change something, leases excepted. */
export function writes(requests: readonly AuditedRequest[]): readonly AuditedRequest[] {
  return requests.filter(({ verb, resource }) => mutating.has(verb) && resource !== 'leases');
}

/** GETs and LISTs a watch could have answered; discovery and health have no resource. */
export function polls(requests: readonly AuditedRequest[]): readonly AuditedRequest[] {
  return requests.filter(
    ({ verb, resource }) => (verb === 'get' || verb === 'list') && resource !== '' && resource !== 'leases',
  );
}
