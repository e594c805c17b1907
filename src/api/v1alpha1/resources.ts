import { atLeast, branch, isAtLeast, isFormed, quantity, type Out } from '../schema/index.ts';

const cpu = () => quantity({ min: '1m', max: '256', like: '500m' });
const memory = () => quantity({ min: '16Mi', max: '4Ti', like: '512Mi' });

/** CEL that is true unless both are written and the request is the larger one. */
function fits(unit: 'cpu' | 'memory'): string {
  const [request, limit] = [`self.requests.${unit}`, `self.limits.${unit}`];
  const others = [request, limit].flatMap((each) => [`!has(${each})`, `!${isFormed(each)}`]);
  return [...others, atLeast(`string(${limit})`, `string(${request})`)].join(' || ');
}

/** CPU and memory of one pod; what is left empty comes from `spec.size`. */
export function resources(of: string) {
  return branch({
    requests: branch({
      cpu: cpu().optional().describe('CPU cores reserved for a pod.'),
      memory: memory().optional().describe('Memory reserved for a pod.'),
    }).describe('What the scheduler reserves for a pod.'),
    limits: branch({
      cpu: cpu().optional().describe('CPU cores a pod may use at most; no limit if empty.'),
      memory: memory().optional().describe('Memory a pod may use at most; above it the pod is killed.'),
    }).describe('What a pod may use at most.'),
  })
    .describe(`CPU and memory of ${of}. Values left empty come from spec.size.`)
    .rule({
      cel: fits('cpu'),
      reason: 'requests more CPU than its limit',
      fix: 'write a limit of at least the request',
      at: '.limits',
      holds: ({ requests, limits }) =>
        requests.cpu === undefined || limits.cpu === undefined || isAtLeast(limits.cpu, requests.cpu),
    })
    .rule({
      cel: fits('memory'),
      reason: 'requests more memory than its limit',
      fix: 'write a limit of at least the request',
      at: '.limits',
      holds: ({ requests, limits }) =>
        requests.memory === undefined || limits.memory === undefined || isAtLeast(limits.memory, requests.memory),
    });
}
export type Resources = Out<ReturnType<typeof resources>>;
