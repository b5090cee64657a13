/** Who the console is: nobody, a token that was pasted, or a session that began by the contract's own login. */

import { Connection } from "@runtime/connection.ts";
import type { Operation, SessionTokens } from "@runtime/operation.ts";
import type { Token } from "@runtime/options.ts";
import type { Catalogue } from "../contract/catalogue.ts";

type Listener = () => void;

export class Session {
  /** What its token says of it, if that can be read. */
  name: string | undefined;
  /** While it holds, the token is not renewed: to see what happens when it expires. */
  isHeld = false;
  #token: Token | undefined;
  #endsAt = Infinity;
  readonly #catalogue: Catalogue;
  readonly #connection: Connection;
  readonly #listeners = new Set<Listener>();

  constructor(catalogue: Catalogue, base: string) {
    this.#catalogue = catalogue;
    this.#connection = new Connection(catalogue.driven.contract, { baseUrl: base, transport: "http", maxRetries: 0 });
  }

  get isLoggedIn(): boolean {
    return this.#token !== undefined;
  }

  /** In ms; undefined for a token that does not say it. */
  get leftMs(): number | undefined {
    return Number.isFinite(this.#endsAt) ? Math.max(0, this.#endsAt - Date.now()) : undefined;
  }

  get canLogIn(): boolean {
    return this.#catalogue.driven.contract.session.login !== undefined;
  }

  onChange(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Throws what the service refuses with. */
  async logIn(username: string, password: string): Promise<void> {
    const { login } = this.#catalogue.driven.contract.session;
    this.#use(await this.#call(login, { username, password }), username);
  }

  paste(token: string): void {
    const access = token.trim().replace(/^Bearer\s+/i, "");
    const claims = claimsOf(access);
    this.#token = { access };
    this.#endsAt = typeof claims["exp"] === "number" ? claims["exp"] * 1000 : Infinity;
    this.name = String(claims["preferred_username"] ?? claims["sub"] ?? "a token");
    this.#tell();
  }

  async logOut(): Promise<void> {
    const refreshToken = this.#token?.refresh;
    const { logout } = this.#catalogue.driven.contract.session;
    this.#token = undefined;
    this.#endsAt = Infinity;
    this.name = undefined;
    this.#tell();
    if (refreshToken !== undefined && logout !== undefined) {
      await this.#connection.call(logout, { refreshToken }).catch(() => undefined);
    }
  }

  /** What a client asks whenever it needs a token; one that is due is renewed, and so is one of which a client wants `another`. */
  async token(another = false): Promise<Token> {
    const held = this.#token;
    const isDue = (this.leftMs ?? Infinity) < (held?.expiresInMs ?? 0) * 0.4;
    const { refresh } = this.#catalogue.driven.contract.session;
    if (held?.refresh !== undefined && refresh !== undefined && (isDue || another) && !this.isHeld) {
      this.#use(await this.#call(refresh, { refreshToken: held.refresh }), this.name);
    }
    const left = this.leftMs;
    return { access: this.#token?.access ?? "", ...(left === undefined ? {} : { expiresInMs: left }) };
  }

  async #call<I>(operation: Operation<I, SessionTokens> | undefined, input: I): Promise<SessionTokens> {
    if (operation === undefined) {
      throw new Error("the contract has no operation for this: paste a token instead");
    }
    return this.#connection.call(operation, input);
  }

  #use(tokens: SessionTokens, name: string | undefined): void {
    const lifeMs = Number(tokens.expiresIn) * 1000;
    this.#token = { access: tokens.accessToken, refresh: tokens.refreshToken, expiresInMs: lifeMs };
    this.#endsAt = Date.now() + lifeMs;
    this.name = name;
    this.#tell();
  }

  #tell(): void {
    for (const listener of this.#listeners) {
      listener();
    }
  }
}

function claimsOf(token: string): { readonly [name: string]: unknown } {
  try {
    const part = token.split(".")[1] ?? "";
    return JSON.parse(atob(part.replace(/-/g, "+").replace(/_/g, "/"))) as { [name: string]: unknown };
  } catch {
    return {};
  }
}
