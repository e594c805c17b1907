import { expect, test } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** What a room may import, after DESIGN.md §3: other rooms (by their index.ts; lib by file), npm packages, node modules. */
interface Room {
  readonly rooms: readonly string[] | 'all';
  readonly packages: readonly string[];
  /** Node's own modules; a pure room has none that does anything. */
  readonly node: readonly string[] | 'all';
}

const rooms: Readonly<Record<string, Room>> = {
  'src/lib': { rooms: [], packages: ['pino'], node: 'all' },
  'src/api': { rooms: ['src/lib'], packages: ['ajv', 'yaml'], node: [] },
  'src/alloy': { rooms: ['src/lib'], packages: [], node: [] },
  'src/pipeline': { rooms: ['src/lib', 'src/api', 'src/alloy'], packages: [], node: ['node:crypto'] },
  'src/dashboards': {
    rooms: ['src/lib', 'src/api'],
    packages: ['@grafana/grafana-foundation-sdk'],
    node: ['node:crypto'],
  },
  'src/stack': {
    // alloy only to print what pipeline returns.
    rooms: ['src/lib', 'src/api', 'src/alloy', 'src/pipeline', 'src/dashboards'],
    packages: ['cdk8s', 'cdk8s-plus-28'],
    node: ['node:crypto'],
  },
  'src/kube': { rooms: ['src/lib'], packages: ['@kubernetes/client-node'], node: 'all' },
  'src/operator': {
    rooms: ['src/lib', 'src/api', 'src/stack', 'src/pipeline', 'src/kube'],
    packages: ['prom-client'],
    node: 'all',
  },
  'src/agent': { rooms: ['src/lib', 'src/api'], packages: ['koffi'], node: 'all' },
  'src/cli': { rooms: 'all', packages: ['commander', 'execa', 'yaml', 'esbuild'], node: 'all' },
  e2e: { rooms: 'all', packages: ['execa', 'commander', 'yaml'], node: 'all' },
};
/** Rooms without an index.ts: each file is its own face. */
const withoutFace = ['src/lib', 'src/cli', 'e2e'];
/** Doors beside index.ts, for the one room that must not load all of another: the agent runs on every node. */
const doors: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'src/agent': { 'src/api': 'src/api/agent-config/index.ts' },
};
/** Jobs that a guest with another kernel runs: they are tests of the inside of one room. */
const guestJobs = { files: /^e2e\/kernels\//, targets: /^src\/agent\/bpf\// };
/** Tests run whole programs, so they may start from the outside. */
const testRooms = ['e2e', 'src/cli'];
/** What the command line generates files with, and no program ever loads. */
const generatorFaces = ['src/dashboards/generators.ts'];
const testPackages = ['@jest/globals', 'fast-check', '@marcbachmann/cel-js', 'protobufjs', 'yaml'];
/** Narrower than a room: what only some of its files may import. */
const narrower: readonly { readonly packages: RegExp; readonly files: RegExp; readonly rule: string }[] = [
  { packages: /^koffi$/, files: /^src\/agent\/bpf\//, rule: 'koffi only in src/agent/bpf' },
  {
    packages: /^@kubernetes\//,
    files: /^src\/kube\/kubeconfig\.ts$/,
    rule: 'client-node only in src/kube/kubeconfig.ts',
  },
];
const forbiddenNames = /(^|[-/])(utils?|helpers?|common|types|manager)([-./]|$)/;
const mostLines = 400;
const isTest = /\.(test|e2e|scenario|fixture)\.ts$/;

const root = join(dirname(fileURLToPath(import.meta.url)), '..');

function sourcesBelow(directory: string): string[] {
  return readdirSync(join(root, directory), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
    .filter((file) => !file.includes('node_modules'));
}

function importsOf(text: string): string[] {
  const code = text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/^\s*\/\/.*$/gm, '');
  const statements = code.matchAll(/^(?:import|export)\s[\w\s{},*$]*?from\s*'([^']+)'|^import\s*'([^']+)'/gm);
  const calls = code.matchAll(/\bimport\(\s*'([^']+)'/g);
  return [...statements, ...calls].map(([, specifier, bare]) => (specifier ?? bare)!);
}

/** The complaints about one file, each naming the file, the import and the rule it breaks. */
export function complaintsAbout(file: string, text: string): string[] {
  const complaints: string[] = [];
  if (forbiddenNames.test(file.replace(/^(src|e2e)\//, '')))
    complaints.push(`${file}: name the idea instead of a drawer`);
  const lines = text.split('\n').length - 1;
  if (lines > mostLines && !file.endsWith('.gen.ts')) complaints.push(`${file}: ${lines} lines, at most ${mostLines}`);
  const room = roomOf(file);
  if (room === undefined)
    return file.split('/').length > 2 ? [...complaints, `${file}: in no room of the table`] : complaints;
  const complaint = (specifier: string, rule: string) => complaints.push(`${file} imports ${specifier}: ${rule}`);
  for (const specifier of importsOf(text)) {
    const broken = specifier.startsWith('.')
      ? brokenByFile(file, room, specifier)
      : specifier.startsWith('node:')
        ? brokenByNode(file, room, specifier)
        : brokenByPackage(file, room, packageOf(specifier));
    if (broken !== undefined) complaint(specifier, broken);
  }
  return complaints;
}

function brokenByFile(file: string, room: string, specifier: string): string | undefined {
  if (!/\.(ts|json|mjs)$/.test(specifier)) return 'imports end in .ts';
  const target = relative(root, resolve(root, dirname(file), specifier));
  const other = roomOf(target);
  if (other === room) return undefined;
  if (other === undefined) return target === 'package.json' ? undefined : 'that is in no room';
  const allowed = rooms[room]!.rooms;
  if (allowed !== 'all' && !allowed.includes(other) && !(isTest.test(file) && testRooms.includes(other)))
    return `${room} may import ${allowed.join(', ') || 'no other room'}`;
  if (isTest.test(file) && room === 'e2e') return undefined;
  if (guestJobs.files.test(file) && guestJobs.targets.test(target)) return undefined;
  if (room === 'src/cli' && generatorFaces.includes(target)) return undefined;
  const door = doors[room]?.[other];
  if (door !== undefined && target === door) return undefined;
  if (door !== undefined && !isTest.test(file)) return `${room} may import ${door} only`;
  if (!withoutFace.includes(other) && target !== `${other}/index.ts`) return `a room is imported by its index.ts`;
  return undefined;
}

function brokenByNode(file: string, room: string, specifier: string): string | undefined {
  const { node } = rooms[room]!;
  if (node === 'all' || isTest.test(file) || node.includes(specifier)) return undefined;
  return `${room} is pure: of node it may import ${node.join(', ') || 'nothing'}`;
}

function brokenByPackage(file: string, room: string, name: string): string | undefined {
  if (isTest.test(file) && testPackages.includes(name)) return undefined;
  const { packages } = rooms[room]!;
  if (!packages.includes(name)) return `${room} may import ${packages.join(', ') || 'no package'}`;
  return narrower.find((rule) => rule.packages.test(name) && !rule.files.test(file) && !isTest.test(file))?.rule;
}

function roomOf(file: string): string | undefined {
  return Object.keys(rooms).find((room) => file.startsWith(`${room}/`));
}

function packageOf(specifier: string): string {
  return specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');
}

test('every file keeps to its room, its size and a name that says what it is', () => {
  const files = [...sourcesBelow('src'), ...sourcesBelow('e2e')];
  expect(files.length).toBeGreaterThan(20);
  const complaints = files.flatMap((file) => complaintsAbout(file, readFileSync(join(root, file), 'utf8')));
  expect(complaints).toEqual([]);
});

test('the foundation SDK is used to generate dashboards, never to serve them', () => {
  const reached = new Set<string>();
  const follow = (file: string): string[] => {
    if (reached.has(file) || !file.endsWith('.ts')) return [];
    reached.add(file);
    return importsOf(readFileSync(join(root, file), 'utf8')).flatMap((specifier) => {
      if (specifier.startsWith('@grafana/')) return [`src/dashboards/index.ts reaches ${specifier} by ${file}`];
      return specifier.startsWith('.') ? follow(join(dirname(file), specifier)) : [];
    });
  };
  expect(follow('src/dashboards/index.ts')).toEqual([]);
  expect(reached.size).toBeGreaterThan(0);
});

test.each([
  ['src/api/spec.ts', "import { plan } from '../stack/index.ts';", 'src/api may import src/lib'],
  ['src/operator/pass.ts', "import { Store } from '../kube/store.ts';", 'a room is imported by its index.ts'],
  [
    'src/operator/pass.ts',
    "import { KubeConfig } from '@kubernetes/client-node';",
    'src/operator may import prom-client',
  ],
  ['src/kube/store.ts', "import { KubeConfig } from '@kubernetes/client-node';", 'only in src/kube/kubeconfig.ts'],
  ['src/stack/plan.ts', "import { readFileSync } from 'node:fs';", 'src/stack is pure'],
  ['src/agent/main.ts', "const k = await import('koffi');", 'koffi only in src/agent/bpf'],
  ['src/agent/main.ts', "import { parseStack } from '../api/index.ts';", 'src/api/agent-config/index.ts only'],
  ['src/stack/main.ts', "import { a } from '../api/agent-config/index.ts';", 'by its index.ts'],
  ['src/alloy/print.ts', "export { a } from '../lib/log';", 'imports end in .ts'],
  ['src/alloy/utils.ts', '', 'name the idea'],
  ['src/alloy/print.ts', 'x;\n'.repeat(401), '401 lines'],
  ['e2e/demo/main.ts', "import { Ring } from '../../src/agent/bpf/ring.ts';", 'by its index.ts'],
  ['src/stray/a.ts', '', 'in no room'],
])('%s with %s is refused', (file, text, rule) => {
  expect(complaintsAbout(file, text)).toEqual([expect.stringContaining(rule)]);
});

test('what the table allows passes', () => {
  const text = `import { systemClock } from '../lib/clock.ts';\nimport type { Stack } from '../api/index.ts';\n// import 'x';\n`;
  expect(complaintsAbout('src/operator/pass.ts', text)).toEqual([]);
});
