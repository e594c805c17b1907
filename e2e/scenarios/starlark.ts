/** The text between the parentheses of every call of a function in a Starlark file, as it stands there. */
export function callsOf(text: string, name: string): readonly string[] {
  const starts = [...text.matchAll(new RegExp(`(?<![\\w.])${name}\\(`, 'g'))];
  return starts.map((start) => argumentsAt(text, start.index + start[0].length));
}

/** Strings written in a piece of Starlark, in order. */
export function stringsOf(text: string): readonly string[] {
  return [...text.matchAll(/'([^']*)'/g)].map(([, inside]) => inside!);
}

/** Strings given to one argument: `deps = ['src']` and `dockerfile = 'Dockerfile'` alike; none if it is not there. */
export function argument(call: string, name: string): readonly string[] {
  const found = new RegExp(`(?<![\\w])${name} = (\\[[^\\]]*\\]|\\{[^}]*\\}|'[^']*')`).exec(call);
  return found === null ? [] : stringsOf(found[1]!);
}

function argumentsAt(text: string, start: number): string {
  let depth = 1;
  let quoted = false;
  for (let at = start; at < text.length; at++) {
    const letter = text[at];
    if (letter === "'") quoted = !quoted;
    else if (!quoted && letter === '(') depth++;
    else if (!quoted && letter === ')' && --depth === 0) return text.slice(start, at);
  }
  throw new Error(`a call at ${start} has no end`);
}
