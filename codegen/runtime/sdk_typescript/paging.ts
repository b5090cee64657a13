/** All items of a paged operation, page after page by cursor, each page when it is needed. */

import { ClientError } from "./errors.ts";

interface Page {
  readonly items: readonly unknown[];
}

/** Iterate over it for items, over `pages()` for pages; each iteration begins anew. */
export class Pager<P extends Page, I = P["items"][number]> implements AsyncIterable<I> {
  readonly #fetch: (cursor: string | undefined) => Promise<P>;

  constructor(fetch: (cursor: string | undefined) => Promise<P>) {
    this.#fetch = fetch;
  }

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
