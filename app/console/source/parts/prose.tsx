/** A description of the contract: paragraphs, and words in backticks as code. Nothing else of it is markup. */

export function Prose({ text }: { readonly text: string }) {
  return <>{text.split(/\n\s*\n/).filter((one) => one.trim() !== "").map((one, index) => <p key={index}><Line text={one} /></p>)}</>;
}

export function Line({ text }: { readonly text: string }) {
  return <>{text.split("`").map((part, index) => (index % 2 === 1 ? <code key={index}>{part}</code> : part))}</>;
}
