import { boolean, branch, integer, keyed, list, map, object, quantity, set, text, word } from '../schema/index.ts';
import { labelKeys } from './labels.ts';
import { labelKey, labelValue } from './scheduling.ts';

const namespaces = () =>
  set(
    text({
      min: 1,
      max: 63,
      form: '^[a-z0-9*]([-a-z0-9*]*[a-z0-9*])?$',
      what: 'a namespace or a pattern of one',
      fix: 'write the name of a namespace, with "*" for any run of characters, such as team-*',
    })
      .example('shop', 'team-*')
      .describe('A namespace; "*" stands for any run of characters.'),
    { max: 128 },
  ).default([]);

const requirement = object({
  key: labelKey('a label key').example('app', 'example.com/tier').describe('Key of the label.'),
  operator: word('In', 'NotIn', 'Exists', 'DoesNotExist').describe('How the label is compared, as in Kubernetes.'),
  values: set(labelValue('a label value').example('frontend', 'backend').describe('A value of the label.'), { max: 32 })
    .default([])
    .describe('Values for In and NotIn.'),
})
  .describe('One requirement on the labels of a pod.')
  .rule({
    cel: "(self.operator in ['In', 'NotIn']) == (self.values.size() > 0)",
    reason: 'has values its operator does not compare, or none to compare',
    fix: 'give In and NotIn at least one value, and Exists and DoesNotExist none',
    at: '.values',
    holds: (self) => (self.operator === 'In' || self.operator === 'NotIn') === self.values.length > 0,
  });

const discovery = branch({
  namespaces: branch({
    include: namespaces().describe('Namespaces whose pods are looked at; empty means all.'),
    exclude: namespaces()
      .default(['kube-system'])
      .describe('Namespaces whose pods are never looked at, whatever else is written or annotated.'),
  })
    .describe('Which namespaces are looked at.')
    .rule({
      cel: 'self.include.all(name, !(name in self.exclude))',
      reason: 'includes a namespace that it excludes',
      fix: 'leave it out of include or of exclude (kube-system is excluded unless exclude is written)',
      at: '.include',
      holds: (self) => self.include.every((name) => !self.exclude.includes(name)),
    }),
  podSelector: branch({
    matchLabels: map(labelValue('a label value').example('frontend', 'true').describe('Value of the label.'), {
      max: 16,
    })
      .default({})
      .check(labelKeys)
      .describe('Labels a pod must have.'),
    matchExpressions: list(requirement, { max: 16 }).default([]).describe('Requirements a pod must meet.'),
  }).describe(
    'Which pods are looked at; the annotation ostack.io/instrument of a pod ("true" or "false") wins over it.',
  ),
  ports: set(integer({ min: 1, max: 65_535 }).example(8080).describe('A TCP port.'), { max: 64 })
    .default([])
    .describe('Only processes that listen on one of these ports; empty means any.'),
}).describe('Which processes are followed. Outside of pods, and of this stack itself, none ever is.');

const routePath = (what: string, fix: string) =>
  text({ min: 1, max: 256, form: '^/[^\\x00-\\x20\\x7f?#]*$', what, fix });

const routes = keyed(
  ['match'],
  object({
    match: routePath(
      'a path',
      'write a path that begins with "/", with "*" for one segment or a part of it and "**" as the last for any number of them',
    )
      .example('/orders/*', '/static/**')
      .describe('Path without its query, or the template the agent made of it.'),
    as: routePath('a route', 'write a route that begins with "/", such as /orders/{id}')
      .example('/orders/{id}', '/static')
      .describe('Route to report, as http.route.'),
  }).describe('How paths are named.'),
  { max: 128 },
)
  .default([])
  .describe('Names for routes; the first match counts. Without one, numbers and ids in a path become {id}.');

/** What the agents do on every node: probes in the kernel, no change to any program. */
export const instrumentation = branch({
  enabled: boolean()
    .default(true)
    .describe(
      'Run the agent on every node. Its pods share the process ids of their node and run as root with four capabilities, so the namespace must allow the Pod Security level privileged.',
    ),
  discovery,
  metrics: set(word('application', 'spanMetrics', 'serviceGraph').describe('A family of metrics.'), { max: 3 })
    .default(['application', 'spanMetrics', 'serviceGraph'])
    .describe(
      'What is counted from every request: application is http.server and http.client, spanMetrics and serviceGraph are in the shape the samplers give spans.',
    ),
  routes,
  capture: branch({
    headers: set(
      text({
        min: 1,
        max: 64,
        form: "^[A-Za-z0-9!#$%&'*+.^_`|~-]+$",
        what: 'the name of a header',
        fix: 'write letters, digits and "-", such as X-Tenant',
      })
        .example('X-Tenant')
        .describe('Name of a header, in any case.'),
      { max: 16 },
    )
      .default([])
      .describe(
        'Headers of requests that become attributes of spans, as http.request.header.<name>. Only the first 256 bytes of a request are kept: a header beyond them is left out, and counted in ostack_agent_span_heads_cut_total.',
      ),
    query: boolean().default(false).describe('Keep the query of a URL in spans; it may hold secrets.'),
  }).describe('What is read of a kept request beyond its method, path and status.'),
  budget: branch({
    cpu: quantity({ min: '10m', max: '4', like: '500m' })
      .default('200m')
      .describe('Cores the agent of one node should use; above it, it keeps fewer spans, and counts last of all less.'),
    memory: quantity({ min: '128Mi', max: '4Gi', like: '512Mi' })
      .default('256Mi')
      .describe('Memory limit of one agent, maps in the kernel included; it sheds work from four fifths of it.'),
  }).describe('What the agent of one node may cost.'),
}).describe('Requests of programs without any instrumentation, counted exactly and traced by agents in the kernel.');
