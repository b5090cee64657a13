/** As much of React as the hooks use, so that this package is built without its types. It is no part of what is published. */

declare module "react" {
  export function useState<S>(initial: S | (() => S)): [S, (next: S | ((last: S) => S)) => void];
  export function useEffect(effect: () => (() => void) | undefined, dependencies: readonly unknown[]): void;
  export function useCallback<F>(callback: F, dependencies: readonly unknown[]): F;
}
