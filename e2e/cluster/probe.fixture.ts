// A program for test pods: `serve PORT`, `get URL`, `write FILE`, or nothing at all.
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { hostname } from 'node:os';

const [verb, target = ''] = process.argv.slice(2);

if (verb === 'serve') {
  createServer((incoming, answer) => {
    console.log(`asked for ${incoming.url}`);
    answer.end(`hello from ${hostname()}`);
  }).listen(Number(target), () => console.log('serving'));
} else if (verb === 'get') {
  console.log(await (await fetch(target, { signal: AbortSignal.timeout(5000) })).text());
} else if (verb === 'write') {
  writeFileSync(target, `written by ${process.getuid?.()}`);
  console.log(readFileSync(target, 'utf8'));
} else {
  setInterval(() => undefined, 60_000);
}
