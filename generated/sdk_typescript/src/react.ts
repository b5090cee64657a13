/** Hooks for React over stele-client. Generated; do not edit. */

export { useOperation, usePresence, useTopic } from "./runtime/react.ts";
export type {
  OperationState,
  PresenceState,
  TopicState,
} from "./runtime/react.ts";
