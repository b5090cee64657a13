/** What a client can do beside the contract's operations; the emitted client adds those. */

import type { AttendanceStream, Connection, Received, Stream } from "./connection.ts";
import type { AttendedTopic, Event, Topic } from "./operation.ts";

/** The events of a contract by name; `E` has the type of each one's data. */
export type EventTable<E> = { readonly [K in keyof E]: Event<E[K]> };

/** What a client has whatever its contract is; `E` has the type of each event's data. */
export class BaseClient<E> {
  readonly #connection: Connection;
  readonly #events: EventTable<E>;

  constructor(connection: Connection, events: EventTable<E>) {
    this.#connection = connection;
    this.#events = events;
  }

  /** Calls the listener for each event until the answered function is called. */
  on<K extends keyof E>(name: K, listener: (event: Received<E[K]>) => void): () => void;
  /** The same, of all events of a topic. */
  on<T>(topic: Topic<T>, listener: (event: Received<T>) => void): () => void;
  on(what: keyof E | Topic<unknown>, listener: (event: Received<never>) => void): () => void {
    return this.#connection.on(this.#followed(what), listener as (event: Received<unknown>) => void);
  }

  /** The events as they come, of one name; leaving the loop unsubscribes. */
  events<K extends keyof E>(name: K): Stream<E[K]>;
  /** The same, of all events of a topic. */
  events<T>(topic: Topic<T>): Stream<T>;
  events(what: keyof E | Topic<unknown>): Stream<unknown> {
    return this.#connection.events(this.#followed(what));
  }

  /** Who follows a topic of `topics` whose followers may ask for it, this client included: all of them first, then each change, also after a reconnect
   * only what has changed; leaving the loop unsubscribes. */
  presence(topic: AttendedTopic<unknown>): AttendanceStream {
    return this.#connection.presence(topic);
  }

  #followed(what: keyof E | Topic<unknown>): Event<unknown> | Topic<unknown> {
    return typeof what === "object" ? what : (this.#events[what] as Event<unknown>);
  }

  /** Uses these credentials from now on. */
  login(username: string, password: string): Promise<void> {
    return this.#connection.login(username, password);
  }

  /** Uses this token from now on. */
  setToken(token: string): void {
    this.#connection.setToken(token);
  }

  /** Ends the session at the server, and forgets it here. */
  logout(): Promise<void> {
    return this.#connection.logout();
  }

  /** Opens the socket now and not beside the first calls; throws why it does not open within the client's time. */
  connect(): Promise<void> {
    return this.#connection.connect();
  }

  /** Ends the socket and every call that waits. */
  close(): Promise<void> {
    return this.#connection.close();
  }
}
