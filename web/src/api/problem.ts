/** What went wrong, as `application/problem+json` says it (RFC 9457). */
export class Problem extends Error {
  override name = 'Problem';

  constructor(
    /** The last part of `urn:latchkey:problem:…`; the pages decide by it and by nothing else. */
    readonly code: string,
    readonly status: number,
    readonly title: string,
    readonly detail: string,
    /** Whole seconds, of the header Retry-After. */
    readonly retryAfter: number | undefined,
    /** Every further member of the body. */
    readonly members: Readonly<Record<string, unknown>>,
  ) {
    super(detail || title);
  }
}

/** No answer came. Whether the server did what it was asked is unknown, unless it was a GET. */
export class ConnectionLost extends Error {
  override name = 'ConnectionLost';
}

/** The person closed the dialog that the request was waiting for; there is nothing to report. */
export class Cancelled extends Error {
  override name = 'Cancelled';
}

const PREFIX = 'urn:latchkey:problem:';

/** Reads the body of an answer that is no success. */
export async function readProblem(response: Response): Promise<Problem> {
  const body = await readObject(response);
  const type = typeof body.type === 'string' ? body.type : '';
  const { type: _type, title, detail, status: _status, ...members } = body;
  return new Problem(
    type.startsWith(PREFIX) ? type.slice(PREFIX.length) : `http-${response.status}`,
    response.status,
    typeof title === 'string' ? title : `The server answered ${response.status}`,
    typeof detail === 'string' ? detail : '',
    readRetryAfter(response),
    members,
  );
}

async function readObject(response: Response): Promise<Record<string, unknown>> {
  try {
    const body: unknown = await response.json();
    return typeof body === 'object' && body !== null ? (body as Record<string, unknown>) : {};
  } catch {
    // A proxy in front answers with a page of its own.
    return {};
  }
}

function readRetryAfter(response: Response): number | undefined {
  const seconds = Number.parseInt(response.headers.get('Retry-After') ?? '', 10);
  return Number.isFinite(seconds) ? seconds : undefined;
}

export const isProblem = (error: unknown, code?: string): error is Problem =>
  error instanceof Problem && (code === undefined || error.code === code);

/** Whether nobody needs to hear of it: the page was left, or a dialog closed. */
export const isSilent = (error: unknown): boolean =>
  error instanceof Cancelled || (error instanceof DOMException && error.name === 'AbortError');
