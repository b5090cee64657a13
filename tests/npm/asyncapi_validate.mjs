// Validates AsyncAPI documents with the official parser: `node asyncapi_validate.mjs FILE...`.
// Prints one line per finding; exits 1 if a document has an error, 2 if none was named.
import {relative} from 'node:path';
import {Parser, fromFile} from '@asyncapi/parser';

// With its cache the parser now and then passes over a reference that leads nowhere: who comes second to a file does not hear of it.
const SETTINGS = {__unstable: {resolver: {cache: false}}};
const LEVELS = ['error', 'warning', 'info', 'hint'];
const files = process.argv.slice(2);
if (files.length === 0) {
  console.error('usage: asyncapi_validate.mjs FILE...');
  process.exit(2);
}
let failed = false;
for (const file of files) {
  const {document, diagnostics} = await fromFile(new Parser(SETTINGS), file).parse();
  for (const {severity, code, message, path, range} of diagnostics) {
    const place = `${relative('.', file)}:${range.start.line + 1}:${range.start.character + 1}`;
    console.log(`${place} ${LEVELS[severity]}[${code}] ${message} (at /${path.join('/')})`);
  }
  const refused = document === undefined || diagnostics.some(({severity}) => severity === 0);
  console.log(`${relative('.', file)}: ${refused ? 'refused' : 'valid'}`);
  failed ||= refused;
}
process.exit(failed ? 1 : 0);
