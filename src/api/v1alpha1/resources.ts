import { atLeast, branch, isAtLeast, quantity, type Out } from '../schema/index.ts';

const cpu = () => quantity({ min: '1m', max: '256', like: '500m' });
const memory = () => quantity({ min: '16Mi', max: '4Ti', like: '512Mi' });

const both = (unit: string) => `has(self.requests.${unit}) && has(self.limits.${unit})`;

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
      cel: `!(${both('cpu')}) || ${atLeast('self.limits.cpu', 'self.requests.cpu')}`,
      reason: 'requests more CPU than its limit',
      fix: 'write a limit of at least the request',
      at: '.limits',
      holds: ({ requests, limits }) =>
        requests.cpu === undefined || limits.cpu === undefined || isAtLeast(limits.cpu, requests.cpu),
    })
    .rule({
      cel: `!(${both('memory')}) || ${atLeast('self.limits.memory', 'self.requests.memory')}`,
      reason: 'requests more memory than its limit',
      fix: 'write a limit of at least the request',
      at: '.limits',
      holds: ({ requests, limits }) =>
        requests.memory === undefined || limits.memory === undefined || isAtLeast(limits.memory, requests.memory),
    });
}
export type Resources = Out<ReturnType<typeof resources>>;
