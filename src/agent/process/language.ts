import { basename } from 'node:path';

const interpreters: readonly (readonly [pattern: RegExp, language: string])[] = [
  [/^(node|nodejs|bun|deno)$/, 'nodejs'],
  [/^(python|pypy)[\d.]*$/, 'python'],
  [/^java$/, 'java'],
  [/^(ruby|puma|unicorn)[\d.]*/, 'ruby'],
  [/^php(-fpm|-cgi)?[\d.]*$/, 'php'],
  [/^dotnet$/, 'dotnet'],
  [/^beam(\.smp)?$/, 'erlang'],
  [/^perl[\d.]*$/, 'perl'],
];

/** `telemetry.sdk.language` as far as the executable's name tells; undefined for compiled programs. */
export function languageOf(executable: string): string | undefined {
  const name = basename(executable);
  return interpreters.find(([pattern]) => pattern.test(name))?.[1];
}

/** What a person would call the program: the script or jar that an interpreter runs, else the executable. */
export function programName(executable: string, command: readonly string[]): string {
  const fallback = basename(executable) || 'unknown';
  const language = languageOf(executable);
  if (language === undefined) return fallback;
  const jar = command.indexOf('-jar');
  const module = language === 'python' ? command.indexOf('-m') : -1;
  const script =
    (jar > 0 ? command[jar + 1] : undefined) ??
    (module > 0 ? command[module + 1] : undefined) ??
    command.slice(1).find((word) => !word.startsWith('-') && /\.(m?[jt]s|cjs|py|rb|php|dll|pl)$/.test(word));
  return script ? basename(script).replace(/\.[a-z]+$/, '') || fallback : fallback;
}
