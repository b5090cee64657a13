/** What stands around each request over HTTP: a header of yours, a time that is measured, an answer that is your own. */

/** `next` asks the next one, and at last the service; it may be asked with another address or other settings, or not at all. */
export type Middleware = (url: string, init: RequestInit, next: Next) => Promise<Response>;
/** Asks what stands further in, and at last the service. */
export type Next = (url: string, init: RequestInit) => Promise<Response>;

/**
 * A `fetch` for the option of that name. The first of `around` is the outermost. Each attempt of a call passes through all of them;
 * what they throw is a lost answer, and a read is tried again. Frames of the socket pass through none.
 */
export function withMiddleware(around: readonly Middleware[], inner?: typeof fetch): typeof fetch {
  const service: Next = (url, init) => (inner ?? fetch)(url, init);
  const whole = around.reduceRight<Next>((next, one): Next => (url, init) => one(url, init, next), service);
  return (input, init) => whole(input instanceof Request ? input.url : String(input), init ?? {});
}
