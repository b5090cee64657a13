/** Logging in and out, in the bar. */

import { useEffect, useRef, useState } from "preact/hooks";
import { ApiError } from "@runtime/errors.ts";
import type { Catalogue } from "../contract/catalogue.ts";
import type { Session } from "./session.ts";

interface Props {
  readonly session: Session;
  readonly catalogue: Catalogue;
}

/** Draws again when the session changes. */
export function useSession(session: Session): void {
  const [, setCount] = useState(0);
  useEffect(() => session.onChange(() => setCount((count) => count + 1)), [session]);
}

export function Account({ session }: Props) {
  useSession(session);
  const dialog = useRef<HTMLDialogElement>(null);
  if (session.isLoggedIn) {
    return <span class="account"><span class="who" title={session.name}>{session.name}</span><button class="quiet" onClick={() => void session.logOut()}>Log out</button></span>;
  }
  return (
    <>
      <button class="primary" onClick={() => dialog.current?.showModal()}>Log in</button>
      <dialog ref={dialog} aria-labelledby="login-title">
        <h2 id="login-title">Log in</h2>
        {session.canLogIn && <LoginForm session={session} onDone={() => dialog.current?.close()} />}
        <TokenForm session={session} onDone={() => dialog.current?.close()} />
        <p class="buttons"><button class="quiet" onClick={() => dialog.current?.close()}>Cancel</button></p>
      </dialog>
    </>
  );
}

interface FormProps {
  readonly session: Session;
  readonly onDone: () => void;
}

function LoginForm({ session, onDone }: FormProps) {
  const [failure, setFailure] = useState("");
  const [isBusy, setBusy] = useState(false);
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    const given = new FormData(event.currentTarget as HTMLFormElement);
    setBusy(true);
    setFailure("");
    session.logIn(String(given.get("username")), String(given.get("password")))
      .then(onDone, (error: unknown) => setFailure(error instanceof ApiError ? (error.title || error.message) : String(error)))
      .finally(() => setBusy(false));
  };
  return (
    <form onSubmit={submit}>
      <label>User name<input name="username" autocomplete="username" required autofocus /></label>
      <label>Password<input name="password" type="password" autocomplete="current-password" required /></label>
      {failure && <p class="problem" role="alert">{failure}</p>}
      <p class="buttons"><button class="primary" disabled={isBusy}>{isBusy ? "Logging in…" : "Log in"}</button></p>
    </form>
  );
}

function TokenForm({ session, onDone }: FormProps) {
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    session.paste(String(new FormData(event.currentTarget as HTMLFormElement).get("token")));
    onDone();
  };
  return (
    <details open={!session.canLogIn}>
      <summary>Paste a token instead</summary>
      <form onSubmit={submit}>
        <label>Access token<textarea name="token" rows={3} required spellcheck={false} /></label>
        <p class="buttons"><button class="button">Use it</button></p>
      </form>
    </details>
  );
}
