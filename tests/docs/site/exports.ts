/**
 * What each entry of a package exports, as the TypeScript compiler itself sees it: names by entry, and those of its namespaces as `space.name`,
 * each with its public members where it is an interface or a class of the package. Arguments: the compiler's folder, the sources, entries.
 */

import { createRequire } from "node:module";
import type * as TypeScript from "typescript";

const [compiler = "", sources = "", ...entries] = process.argv.slice(2);
const ts = createRequire(import.meta.url)(compiler) as typeof TypeScript;
const program = ts.createProgram({
  rootNames: [...entries.map((entry) => `${sources}/${entry}.ts`), `${sources}/runtime/react_module.d.ts`],
  options: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.NodeNext, allowImportingTsExtensions: true, noEmit: true, strict: true, types: [] },
});
const checker = program.getTypeChecker();

interface Named {
  readonly members: readonly string[];
  readonly comment: string;
}

function namesOf(module: TypeScript.Symbol, space: string): [string, Named][] {
  return checker.getExportsOfModule(module).flatMap((symbol): [string, Named][] => {
    const aliased = symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
    if (aliased.flags & ts.SymbolFlags.ValueModule) {
      return namesOf(aliased, `${symbol.name}.`);
    }
    const comment = ts.displayPartsToString([...aliased.getDocumentationComment(checker), ...symbol.getDocumentationComment(checker)]);
    return [[space + symbol.name, { members: membersOf(aliased), comment }]];
  });
}

function membersOf(symbol: TypeScript.Symbol): string[] {
  const own = [...(symbol.members?.values() ?? [])].filter((one) => one.flags & (ts.SymbolFlags.Property | ts.SymbolFlags.Method));
  return own.map((one) => one.name).filter((name) => /^[A-Za-z_]\w*$/.test(name) && !(name === "name" && symbol.flags & ts.SymbolFlags.Class));
}

const found = entries.map((entry) => {
  const file = program.getSourceFile(`${sources}/${entry}.ts`);
  const module = file && checker.getSymbolAtLocation(file);
  return [entry, module === undefined ? {} : Object.fromEntries(namesOf(module, ""))] as const;
});
console.log(JSON.stringify(Object.fromEntries(found)));
