/** The client of the project that these tests run in, and what its errors are called. */

export { createClient } from "../../generated/sdk_typescript/src/index.ts";

export function errorsOf(error: unknown): string {
  return error instanceof Error ? error.name : String(error);
}
