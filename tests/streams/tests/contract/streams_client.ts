/** The client of the project that these tests run in. */

export { createClient } from "../../generated/sdk_typescript/src/index.ts";
export { connect, countUp } from "../../generated/sdk_typescript/src/functions.ts";
