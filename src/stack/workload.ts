import { k8s } from 'cdk8s-plus-28';
import type { Spec, Stack } from '../api/index.ts';
import type { ComponentName } from './component.ts';
import { imageOf } from './images.ts';
import { labelsOf } from './labels.ts';
import { childName } from './names.ts';
import { placementOf, spreadOf } from './placement.ts';
import { portsOf } from './ports.ts';
import { restrictedContainer, restrictedPod } from './security.ts';
import { scratchMount, type Mount } from './volumes.ts';

type Resources = Spec['traces']['resources'];

/** How a program runs in its pod; everything common to all of them is added by `podTemplate`. */
export interface Program {
  readonly component: Exclude<ComponentName, 'agent'>;
  readonly args?: readonly string[];
  readonly env?: readonly k8s.EnvVar[];
  readonly mounts: readonly Mount[];
  readonly resources: Resources;
  /** HTTP path on port `http` that answers 200 once the program serves. */
  readonly readyPath: string;
  /** Only a program that talks to the API server gets a token. */
  readonly usesApi?: boolean;
  readonly replicas?: number;
  readonly gracePeriodSeconds?: number;
}

/** The pod of a component: one container, restricted, with its own service account. */
export function podTemplate(stack: Stack, program: Program): k8s.PodTemplateSpec {
  const { component } = program;
  const mounts = [...program.mounts, scratchMount('tmp', '/tmp')];
  const { pullSecrets } = stack.spec.images;
  return {
    metadata: { labels: labelsOf(stack, component) },
    spec: {
      serviceAccountName: childName(stack, component),
      ...(program.usesApi !== true && { automountServiceAccountToken: false }),
      // A Service named like a program's own setting would otherwise reach it as an environment variable.
      enableServiceLinks: false,
      securityContext: restrictedPod,
      ...(pullSecrets.length > 0 && { imagePullSecrets: pullSecrets.map((name) => ({ name })) }),
      ...placementOf(stack),
      ...spreadOf(stack, component, program.replicas ?? 1),
      ...(program.gracePeriodSeconds !== undefined && { terminationGracePeriodSeconds: program.gracePeriodSeconds }),
      containers: [container(stack, program, mounts)],
      volumes: mounts.flatMap(({ volume }) => (volume === undefined ? [] : [volume])),
    },
  };
}

function container(stack: Stack, program: Program, mounts: readonly Mount[]): k8s.Container {
  const { component, args, env = [], resources, readyPath } = program;
  const http = k8s.IntOrString.fromString('http');
  return {
    name: component,
    image: imageOf(component, stack.spec.images),
    ...(args !== undefined && { args: [...args] }),
    ...(env.length > 0 && { env: [...env] }),
    ports: portsOf(stack, component).map(({ name, number }) => ({ name, containerPort: number })),
    ...resourcesOf(resources),
    securityContext: restrictedContainer,
    readinessProbe: { httpGet: { path: readyPath, port: http }, periodSeconds: 5, timeoutSeconds: 3 },
    // The port answers while a log is replayed or a downstream is gone: neither is mended by a restart.
    livenessProbe: { tcpSocket: { port: http }, initialDelaySeconds: 10, failureThreshold: 6, timeoutSeconds: 3 },
    volumeMounts: mounts.map(({ mount }) => mount),
  };
}

function resourcesOf({ requests, limits }: Resources): Pick<k8s.Container, 'resources'> {
  const asked = quantities(requests);
  const most = quantities(limits);
  const resources = { ...(asked && { requests: asked }), ...(most && { limits: most }) };
  return Object.keys(resources).length > 0 ? { resources } : {};
}

function quantities(amounts: Resources['requests']): Record<string, k8s.Quantity> | undefined {
  const set = Object.entries(amounts).flatMap(([name, amount]) =>
    amount === undefined ? [] : [[name, k8s.Quantity.fromString(amount)] as const],
  );
  return set.length > 0 ? Object.fromEntries(set) : undefined;
}
