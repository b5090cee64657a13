/** JSON as text, without ever reading a number: long integers stay what they are. */

const TOKENS = /"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/g;

export interface Token {
  readonly kind: "name" | "text" | "word" | "mark" | "space";
  readonly text: string;
}

/** The tokens of a JSON text, laid out with two spaces. What is no JSON comes back as it is. */
export function layOut(text: string): Token[] {
  const found = text.match(TOKENS) ?? [];
  const out: Token[] = [];
  let depth = 0;
  const line = (): void => void out.push({ kind: "space", text: `\n${"  ".repeat(depth)}` });
  found.forEach((token, index) => {
    const next = found[index + 1];
    if (token === "{" || token === "[") {
      out.push({ kind: "mark", text: token });
      depth += 1;
      if (next !== "}" && next !== "]") {
        line();
      }
    } else if (token === "}" || token === "]") {
      const before = found[index - 1];
      depth = Math.max(0, depth - 1);
      if (before !== "{" && before !== "[") {
        line();
      }
      out.push({ kind: "mark", text: token });
    } else if (token === ",") {
      out.push({ kind: "mark", text: token });
      line();
    } else if (token === ":") {
      out.push({ kind: "mark", text: ": " });
    } else {
      out.push({ kind: token.startsWith('"') ? (next === ":" ? "name" : "text") : "word", text: token });
    }
  });
  return out;
}

export function pretty(text: string): string {
  return layOut(text).map((one) => one.text).join("");
}
