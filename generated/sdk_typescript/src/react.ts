/** Hooks for React over stele-client. Generated; do not edit. */

export { useOperation, useTopic } from "./runtime/react.ts";
export type {
  OperationState,
  TopicState,
} from "./runtime/react.ts";
