/** Hooks for React 18 and later: what an operation answers, the events of a topic, and who follows it, as the state of a component. */

import { useCallback, useEffect, useState } from "react";
import type { Attendance } from "./attendance.ts";
import type { BaseClient } from "./client.ts";
import type { Received, Stream } from "./events.ts";
import type { AttendedTopic, Topic } from "./operation.ts";
import type { CallOptions } from "./options.ts";

/** What `useOperation` answers: the call as it stands now. */
export interface OperationState<T> {
  /** The last answer, also while the next one is awaited. */
  readonly data: T | undefined;
  /** Why there is none; a ClientError, unless the client is used wrongly. */
  readonly error: Error | undefined;
  readonly isLoading: boolean;
  /** Asks again, with the same input. */
  readonly reload: () => void;
}

/** What `useTopic` answers: what was heard so far. */
export interface TopicState<T> {
  /** The newest last; no more than `keep`. */
  readonly events: readonly Received<T>[];
  /** What ended the stream. */
  readonly error: Error | undefined;
}

/** What `usePresence` answers: who is there now. */
export interface PresenceState {
  /** None until all were told once. */
  readonly attendance: Attendance | undefined;
  /** What ended the stream. */
  readonly error: Error | undefined;
}

const KEEP = 100;

/**
 * Calls `operation`, a method of a client such as `client.authors.get`, when the component appears and whenever `input` is another
 * one, by its content. A call whose answer nobody waits for any more is cancelled. `undefined` as input asks nothing yet.
 */
export function useOperation<I extends object, O>(
  operation: (input: I, options?: CallOptions) => Promise<O>,
  input: I | undefined,
): OperationState<O> {
  const [state, setState] = useState<Omit<OperationState<O>, "reload">>(() => ({
    data: undefined,
    error: undefined,
    isLoading: input !== undefined,
  }));
  const [turn, setTurn] = useState(0);
  const asked = input === undefined ? undefined : contentOf(input);
  useEffect(() => {
    if (input === undefined) {
      return undefined;
    }
    const life = new AbortController();
    const settle = (found: { data?: O; error?: Error }): void => {
      if (!life.signal.aborted) {
        setState(({ data }) => ({ data, error: undefined, ...found, isLoading: false }));
      }
    };
    setState(({ data }) => ({ data, error: undefined, isLoading: true }));
    operation(input, { signal: life.signal }).then(
      (data) => settle({ data }),
      (error: unknown) => settle({ error: errorOf(error) }),
    );
    return () => life.abort();
    // The input counts by its content, and the method of a client is the same for its life.
  }, [asked, turn]);
  const reload = useCallback(() => setTurn((count) => count + 1), []);
  return { ...state, reload };
}

/** Follows the events of this name, or of a topic of `topics`, while the component is there. A topic counts by its name. */
export function useTopic<E, K extends keyof E>(client: BaseClient<E>, name: K, keep?: number): TopicState<E[K]>;
export function useTopic<E, T>(client: BaseClient<E>, topic: Topic<T>, keep?: number): TopicState<T>;
export function useTopic<E>(client: BaseClient<E>, what: keyof E | Topic<unknown>, keep: number = KEEP): TopicState<unknown> {
  const [state, setState] = useState<TopicState<unknown>>(quiet);
  const name = typeof what === "object" ? what.name : what;
  useEffect(() => {
    const stream: Stream<unknown> = typeof what === "object" ? client.events(what) : client.events(what);
    const read = async (): Promise<void> => {
      for await (const event of stream) {
        setState(({ events }) => ({ events: [...events, event].slice(-keep), error: undefined }));
      }
    };
    setState(quiet);
    read().catch((error: unknown) => setState(({ events }) => ({ events, error: errorOf(error) })));
    return () => void stream.return?.();
  }, [client, name, keep]);
  return state;
}

/** Who follows a topic of `topics`, while the component is there; it follows, too. A topic counts by its name. */
export function usePresence<E>(client: BaseClient<E>, topic: AttendedTopic<unknown>): PresenceState {
  const [state, setState] = useState<PresenceState>(unknown);
  useEffect(() => {
    const stream = client.presence(topic);
    const read = async (): Promise<void> => {
      for await (const attendance of stream) {
        setState({ attendance, error: undefined });
      }
    };
    setState(unknown);
    read().catch((error: unknown) => setState(({ attendance }) => ({ attendance, error: errorOf(error) })));
    return () => void stream.return?.();
  }, [client, topic.name]);
  return state;
}

function unknown(): PresenceState {
  return { attendance: undefined, error: undefined };
}

function quiet<T>(): TopicState<T> {
  return { events: [], error: undefined };
}

/** JSON has no bigint; here it is only compared. */
function contentOf(input: object): string {
  return JSON.stringify(input, (_, value: unknown) => (typeof value === "bigint" ? `${value}n` : value));
}

function errorOf(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
