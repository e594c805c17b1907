/** Why the API server did not do what was asked. One class for each decision a caller takes; `fix` tells a person what to do. */
export class KubeError extends Error {
  readonly status: number;
  readonly fix: string;
  constructor(message: string, status: number, fix: string) {
    super(message);
    this.name = new.target.name;
    this.status = status;
    this.fix = fix;
  }
}

/** 409: the object changed under us, or exists already. Read it again and decide anew. */
export class Conflict extends KubeError {}
/** The name we render belongs to an object that is not ours; it is left as it is. */
export class Taken extends KubeError {}
/** 410: the resource version asked for is no longer kept. List again. */
export class Gone extends KubeError {}
/** 401 or 403. */
export class Forbidden extends KubeError {}
/** 404. */
export class NotFound extends KubeError {}
/** No answer, or an answer of 5xx: the server or the way to it. Try again later. */
export class Unreachable extends KubeError {}
/** A write was refused here, before it was sent, because another replica may lead by now. */
export class Fenced extends KubeError {}

/** 400 or 422: the object itself is refused; sending it again cannot help. */
export class Invalid extends KubeError {
  /** True if a field that cannot change after creation is in the way. */
  readonly immutable: boolean;
  constructor(message: string, status: number, fix: string, immutable: boolean) {
    super(message, status, fix);
    this.immutable = immutable;
  }
}

/** 429: the server asks for patience. */
export class TooManyRequests extends KubeError {
  readonly retryAfterMs: number;
  constructor(message: string, fix: string, retryAfterMs: number) {
    super(message, 429, fix);
    this.retryAfterMs = retryAfterMs;
  }
}

interface StatusBody {
  readonly message?: string;
  readonly reason?: string;
  readonly details?: { readonly retryAfterSeconds?: number };
}

// The API gives no code for immutability, only these sentences of apimachinery, apps, core and rbac validation.
const immutability =
  /field is immutable|updates to statefulset spec|may not change once set|cannot change roleRef|may not be changed once set/i;

/** The error an answer stands for. `what` is the request in words ("PATCH /api/v1/…"), `body` the answer as text. */
export function errorOf(what: string, status: number, body: string, retryAfterHeader?: string): KubeError {
  const parsed = readStatus(body);
  const message = `${what}: ${status} ${parsed.message ?? (body.slice(0, 300).trim() || 'no message')}`;
  switch (status) {
    case 401:
      return new Forbidden(message, status, 'Check the credentials: the token or certificate is not accepted.');
    case 403:
      return new Forbidden(message, status, 'Grant this verb and resource to the identity named in the message.');
    case 404:
      return new NotFound(message, status, 'Check that the object, its namespace and its CRD exist.');
    case 409:
      return new Conflict(message, status, 'Read the object again and retry.');
    case 410:
      return new Gone(message, status, 'List again and watch from there.');
    case 400:
    case 422:
      return new Invalid(
        message,
        status,
        'Correct the field named in the message.',
        immutability.test(parsed.message ?? ''),
      );
    case 429:
      return new TooManyRequests(
        message,
        'Wait and retry; the server is shedding load.',
        1000 * (Number(retryAfterHeader) || parsed.details?.retryAfterSeconds || 1),
      );
    default:
      return status >= 500
        ? new Unreachable(message, status, 'Check the health of the API server; the request can be retried.')
        : new Invalid(message, status, 'The server does not accept this request.', false);
  }
}

function readStatus(body: string): StatusBody {
  try {
    const parsed: unknown = JSON.parse(body);
    return typeof parsed === 'object' && parsed !== null ? (parsed as StatusBody) : {};
  } catch {
    // A proxy in between answers with HTML.
    return {};
  }
}
