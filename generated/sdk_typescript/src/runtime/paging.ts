/** All items of a paged operation, page after page by cursor, each page when it is needed. */

import type { Connection } from "./connection.ts";
import { ClientError } from "./errors.ts";
import type { Operation } from "./operation.ts";
import type { CallOptions } from "./options.ts";

interface Page {
  readonly items: readonly unknown[];
}

/** Iterate over it for items, over `pages()` for pages; each iteration begins anew. */
export class Pager<P extends Page, I = P["items"][number]> implements AsyncIterable<I> {
  readonly #fetch: (cursor: string | undefined) => Promise<P>;

  constructor(fetch: (cursor: string | undefined) => Promise<P>) {
    this.#fetch = fetch;
  }

  /** Each page as it came. */
  async *pages(): AsyncGenerator<P, void, undefined> {
    let cursor: string | undefined;
    while (true) {
      const page = await this.#fetch(cursor);
      yield page;
      const { meta } = page as { meta?: { nextCursor?: unknown } };
      const next = meta?.nextCursor;
      if (next === undefined || next === null || next === cursor) {
        return;
      }
      if (typeof next !== "string") {
        throw new ClientError("a page's next cursor is no text");
      }
      cursor = next;
    }
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<I, void, undefined> {
    for await (const page of this.pages()) {
      yield* page.items as readonly I[];
    }
  }
}

/** Iterate for the items of all pages, or over `pages()`. */
export function paginate<I, P extends Page>(
  connection: Connection,
  operation: Operation<I, P>,
  input: I,
  options?: CallOptions,
): Pager<P> {
  return new Pager((cursor) => connection.call(operation, cursor === undefined ? input : { ...input, cursor }, options));
}
