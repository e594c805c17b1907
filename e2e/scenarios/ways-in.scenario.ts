import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { parse, parseAllDocuments } from 'yaml';
import { environments, resourceRows, stackOfEnvironment } from '../../src/cli/environment-table.ts';
import { offlineFacts } from '../../src/cli/offline-facts.ts';
import { parseStack } from '../../src/api/index.ts';
import { plan } from '../../src/stack/index.ts';
import { buildPrograms, programPath } from '../cluster/programs.ts';
import { operatorNamespace } from '../demo/chart.ts';
import { sinceNow } from './audit.ts';
import { oneOperator, operatorUser, withoutOperator } from './operator-pods.ts';
import { openStage, type Resource, type Stage } from './stage.ts';
import { argument, callsOf, stringsOf } from './starlark.ts';
import { right, rightsOf, wholeLife } from './whole-life.ts';

const root = join(import.meta.dirname, '../..');
const chart = join(root, 'charts/ostack');
const paper = { name: 'rights', namespace: 'rights' };
let stage: Stage;

beforeAll(async () => {
  stage = await openStage();
  await buildPrograms(['helm']);
  await oneOperator(stage);
  for (const name of ['observability', paper.namespace]) {
    await stage.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
  }
}, 300_000);

afterAll(async () => {
  await oneOperator(stage);
  await stage.kubectl('delete', 'namespace', paper.namespace, '--wait=false');
}, 200_000);

function helm(...args: string[]): Promise<string> {
  return stage.node.inside(programPath('helm'), args);
}

/** What the API server would make of a manifest, without doing it; a warning is a failure. */
function dryRun(manifest: string): Promise<string> {
  const flags = ['--server-side', '--force-conflicts', '--dry-run=server', '--validate=strict', '--warnings-as-errors'];
  return stage.node.kubectl(['apply', ...flags, '-f', '-'], manifest);
}

/** The chart as `helm install` would send it to this API server, after whose version it asks. */
async function render(values: readonly string[], release = 'ostack'): Promise<string> {
  const { gitVersion } = JSON.parse(await stage.kubectl('get', '--raw', '/version')) as { gitVersion: string };
  const flags = [`--namespace=${operatorNamespace}`, `--kube-version=${gitVersion}`];
  return helm('template', release, chart, ...flags, ...values.map((value) => `--set${value}`));
}

describe('the chart', () => {
  test('passes the strict linter', async () => {
    expect(await helm('lint', '--strict', chart)).toContain('0 chart(s) failed');
  }, 60_000);

  test.each([
    ['as it is', []],
    ['with five replicas in one namespace', ['=replicas=5,watchNamespace=rights,logLevel=debug']],
    ['with the definition installed by somebody else', ['=crds.install=false']],
    ['from a private registry', ['=image.repository=registry.test:5000/a/b,image.tag=1.10,imagePullSecrets[0].name=x']],
    ['with a tag that looks like a number', ['-string=image.tag=110']],
    [
      'on tainted nodes',
      [
        '-json=tolerations=[{"key":"a","operator":"Exists","effect":"NoSchedule"}]',
        '-json=nodeSelector={"a/b":"true"}',
      ],
    ],
    ['without limits', ['-json=resources={"requests":{"cpu":"1"},"limits":null}', '=image.pullPolicy=Always']],
  ])(
    'is accepted by the API server %s',
    async (_name, values) => {
      const rendered = await render(values);
      expect(await dryRun(rendered)).toMatch(/^deployment\.apps\/ostack serverside-applied/m);
      expect(rendered.includes('kind: CustomResourceDefinition')).toBe(!values.join().includes('crds.install=false'));
    },
    60_000,
  );

  test('is accepted under a release name of 53 letters', async () => {
    const name = `o${'s'.repeat(51)}k`;
    expect(await dryRun(await render([], name))).toContain('deployment.apps/oss');
  }, 60_000);

  test.each([
    ['=replicas=0', /replicas/],
    ['=replicas=many', /replicas/],
    ['=image.pullPolicy=Sometimes', /image\/pullPolicy|image\.pullPolicy/],
    ['=image.repository=', /image\/repository|image\.repository/],
    ['=imge.tag=1', /imge/],
    ['=logLevel=loud', /logLevel/],
    ['=crds.install=perhaps', /crds\/install|crds\.install/],
    ['=watchNamespace=Team_A', /watchNamespace/],
    ['=resources.limit.memory=1Gi', /resources.*limit/s],
    ['=resources.limits.memory=lots', /resources\/limits\/memory|resources\.limits\.memory/],
    ['-json=tolerations=[{"kay":"a"}]', /tolerations.*kay/s],
    ['=imagePullSecrets[0].nam=x', /imagePullSecrets.*nam/s],
  ])(
    '--set%s is refused by name',
    async (value, message) => {
      const answer = await render([value]).then(
        () => 'accepted',
        (error: Error) => error.message,
      );
      expect(answer).toMatch(/schema/);
      expect(answer).toMatch(message);
    },
    60_000,
  );

  describe.each([
    ['for every namespace', ''],
    ['for one namespace', paper.namespace],
  ])('%s', (_name, watchNamespace) => {
    let grants: readonly Grant[];

    beforeAll(async () => {
      const documents = parseAllDocuments(await render([`=watchNamespace=${watchNamespace}`]));
      grants = grantsOf(documents.map((document) => document.toJS() as Resource | null));
    });

    test('grants nothing by "*"', () => {
      expect(grants.length).toBeGreaterThan(40);
      expect(grants.filter((grant) => grant.right.includes('*'))).toEqual([]);
    });

    test('grants what a whole life of a stack asks for, where it asks for it, and nothing else', async () => {
      const read = await sinceNow(stage.node.auditLog);
      await wholeLife(stage, paper, watchNamespace);
      await withoutOperator(stage); // the log has a watch once it has ended
      const requests = (await read()).filter(({ user }) => user === operatorUser);
      expect(requests.length).toBeGreaterThan(100);
      expect(requests.filter(({ status }) => status === 403).map(({ verb, uri }) => `${verb} ${uri}`)).toEqual([]);
      const isUsed = ({ scope, right: granted }: Grant): boolean =>
        requests.some((request) => isWithin(scope, request.namespace) && rightsOf(request).includes(granted));
      // A right that holds everywhere has to be asked for where a narrower one would not do.
      const isWithin = (scope: string, namespace: string): boolean => {
        if (scope !== '') return namespace === scope;
        return watchNamespace === '' ? namespace !== operatorNamespace : namespace === '';
      };
      const idle = grants.filter((grant) => !isUsed(grant)).map(({ scope, right: granted }) => `${scope} ${granted}`);
      expect(idle.filter((each) => !handedOn.includes(each))).toEqual([]);
      expect(handedOn.filter((each) => !grants.some((grant) => each === ` ${grant.right}`))).toEqual([]);
    }, 400_000);
  });
});

/** One right, and the namespace it holds in; empty for everywhere. */
interface Grant {
  readonly scope: string;
  readonly right: string;
}

interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
}

/** What the roles of a manifest grant through its bindings. */
function grantsOf(manifest: readonly (Resource | null)[]): readonly Grant[] {
  const objects = manifest.filter((object) => object !== null);
  const grants = objects
    .filter(({ kind }) => kind.endsWith('RoleBinding'))
    .flatMap(({ metadata, roleRef }) => {
      const { kind, name } = roleRef as { kind: string; name: string };
      const role = objects.find((object) => object.kind === kind && object.metadata.name === name);
      const rights = ((role?.['rules'] ?? []) as readonly Rule[]).flatMap(({ apiGroups, resources, verbs }) =>
        apiGroups.flatMap((group) => resources.flatMap((each) => verbs.map((verb) => right(group, each, verb)))),
      );
      return rights.map((granted) => ({ scope: metadata.namespace ?? '', right: granted }));
    });
  return [...new Map(grants.map((grant) => [JSON.stringify(grant), grant])).values()];
}

// It need not ask for these itself: nobody may grant what they do not hold, and alloy-node and the agent need them.
const followed = ['/pods', '/endpoints', 'apps/replicasets', 'discovery.k8s.io/endpointslices'];
const handedOn = [
  ' /pods/log get',
  ' /services list',
  ...followed.flatMap((each) => [` ${each} list`, ` ${each} watch`]),
];

describe('environment', () => {
  test.each(environments)(
    '%s is what the real kustomize makes of it, and the API server takes it',
    async (environment) => {
      const rendered = await stage.kubectl('kustomize', join(root, 'environments', environment));
      const objects = parseAllDocuments(rendered).map((document) => document.toJS() as Resource);
      const [stack] = objects.filter(({ kind }) => kind === 'ObservabilityStack');
      expect(stack).toEqual(stackOfEnvironment(environment));
      expect(await dryRun(rendered)).toContain('observabilitystack.ostack.io/main serverside-applied');
      const table = readFileSync(join(root, 'environments/RESOURCES.md'), 'utf8').split(`## ${environment}\n`)[1]!;
      const recorded = table
        .split('\n## ')[0]!
        .split('\n')
        .filter((line) => line.startsWith('| '))
        .map((line) =>
          line
            .split('|')
            .slice(1, -1)
            .map((cell) => cell.trim()),
        );
      expect(recorded.slice(2)).toEqual(resourceRows(stack));
    },
    60_000,
  );
});

describe('the Tiltfile', () => {
  const text = readFileSync(join(root, 'Tiltfile'), 'utf8');
  const yaml = (path: string): readonly Resource[] =>
    parseAllDocuments(readFileSync(join(root, path), 'utf8')).map((document) => document.toJS() as Resource);
  const images = callsOf(text, 'docker_build');

  test('names files that exist', () => {
    const manifests = callsOf(text, 'k8s_yaml')
      .filter((call) => call.startsWith("'"))
      .flatMap(stringsOf);
    const files = [
      ...images.flatMap((call) => [...argument(call, 'dockerfile'), ...argument(call, 'only')]),
      ...callsOf(text, 'local_resource').flatMap((call) => argument(call, 'deps')),
      ...callsOf(text, 'helm').map((call) => stringsOf(call)[0]!),
      ...manifests,
    ];
    expect(files.length).toBeGreaterThan(8);
    // dist is what make bundle makes.
    expect(files.filter((file) => file !== 'dist' && !existsSync(join(root, file)))).toEqual([]);
  });

  test('calls make targets that exist', () => {
    const makefile = readFileSync(join(root, 'Makefile'), 'utf8');
    const targets = [...text.matchAll(/'make ([a-z-]+)'/g)].map(([, target]) => target!);
    expect(targets.length).toBeGreaterThan(1);
    expect(targets.filter((target) => !new RegExp(`^${target}:.*## `, 'm').test(makefile))).toEqual([]);
  });

  test('builds the images its manifests run, of programs the Dockerfile can build', async () => {
    const dockerfile = readFileSync(join(root, 'Dockerfile'), 'utf8');
    const rendered = await render(setFlags());
    const run = `${rendered}${readFileSync(join(root, 'examples/shop/shop.yaml'), 'utf8')}`;
    expect(images.length).toBe(2);
    for (const call of images) {
      expect(run).toContain(`image: ${stringsOf(call)[0]}:`);
      // The operator gives its own image to the agents, by this name.
      if (run.includes(`value: ${stringsOf(call)[0]}:`)) expect(call).toContain('match_in_env_vars = True');
      const [arg = '', value = ''] = argument(call, 'build_args');
      expect(dockerfile).toMatch(new RegExp(`^ARG ${arg}=`, 'm'));
      if (arg === 'ENTRY') expect(existsSync(join(root, value))).toBe(true);
      else expect(dockerfile).toContain(`AS ${value}\n`);
    }
  }, 60_000);

  function setFlags(): readonly string[] {
    return callsOf(text, 'helm').flatMap((call) => argument(call, 'set').map((each) => `=${each}`));
  }

  test('names resources its manifests have', async () => {
    const rendered = parseAllDocuments(await render(setFlags()));
    const all = [
      ...rendered.map((document) => document.toJS() as Resource),
      ...yaml('examples/dev.yaml'),
      ...yaml('examples/shop/shop.yaml'),
    ].filter((object) => object !== null);
    const workloads = all.filter(({ kind }) => ['Deployment', 'ObservabilityStack'].includes(kind));
    const names = new Set(workloads.map(({ metadata }) => metadata.name));
    const looped = /for name in (\[[^\]]*\]):\s+k8s_resource\(name/.exec(text);
    const used = [
      ...callsOf(text, 'k8s_resource')
        .filter((call) => call.startsWith("'"))
        .map((call) => stringsOf(call)[0]!),
      ...stringsOf(looped?.[1] ?? ''),
    ];
    expect(used.length).toBe(6);
    expect(used.filter((name) => !names.has(name))).toEqual([]);
    const locals = callsOf(text, 'local_resource').map((call) => stringsOf(call)[0]!);
    const made = callsOf(text, 'k8s_resource').flatMap((call) => argument(call, 'new_name'));
    const needed = [...callsOf(text, 'k8s_resource'), ...callsOf(text, 'local_resource')].flatMap((call) =>
      argument(call, 'resource_deps'),
    );
    expect(needed.length).toBeGreaterThan(3);
    expect(needed.filter((name) => ![...used, ...locals, ...made].includes(name))).toEqual([]);
  }, 60_000);

  test('forwards ports the Services of the stack have, to local ones of their own', () => {
    const parsed = parseStack(parse(readFileSync(join(root, 'examples/dev.yaml'), 'utf8')));
    if (!parsed.ok) throw new Error('examples/dev.yaml is wrong');
    const services = plan(parsed.value, offlineFacts())
      .components.flatMap(({ objects }) => objects)
      .filter(({ kind }) => kind === 'Service');
    const forwards = [...text.matchAll(/\('([a-z-]+)', (\d+), (\d+)\)/g)].map(([, name, local, remote]) => {
      return { name: `demo-${name}`, local: Number(local), remote: Number(remote) };
    });
    expect(forwards.length).toBe(5);
    for (const { name, remote } of forwards) {
      const service = services.find(({ metadata }) => metadata.name === name);
      const spec = service?.['spec'] as { readonly ports: readonly { readonly port: number }[] } | undefined;
      expect(spec?.ports.map(({ port }) => port)).toContain(remote);
    }
    const own = [...text.matchAll(/port_forwards = \['(\d+):/g)].map(([, port]) => Number(port));
    const taken = [...own, ...forwards.map(({ local }) => local)];
    expect(new Set(taken).size).toBe(taken.length);
  });
});
