/** What a client did wrong, as the status and the `{"error": …}` it gets. */
export class HttpError extends Error {
  override readonly name = 'HttpError';
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(message);
    this.status = status;
    this.headers = headers;
  }
}

/** The request can't be understood. */
export const malformed = (message: string): HttpError => new HttpError(400, message);

/** The request is understood and not allowed by model.yaml, or by the model itself. */
export const unacceptable = (message: string): HttpError => new HttpError(422, message);
