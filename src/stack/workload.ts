import { k8s } from 'cdk8s-plus-28';
import type { Resources } from '../api/index.ts';
import type { ComponentName, Context } from './component.ts';
import { imageOf } from './images.ts';
import { labelsOf } from './labels.ts';
import { childName } from './names.ts';
import { placementOf, spreadOf } from './placement.ts';
import { portsOf } from './ports.ts';
import { kernelContainer, kernelPod, restrictedContainer, restrictedPod } from './security.ts';
import { scratchMount, type Mount } from './volumes.ts';

/** How a program runs in its pod; everything common to all of them is added by `podTemplate`. */
export interface PodShape {
  readonly component: ComponentName;
  readonly args?: readonly string[];
  readonly env?: readonly k8s.EnvVar[];
  readonly mounts: readonly Mount[];
  readonly resources: Resources;
  /** HTTP path on port `http` that answers 200 once the program serves. */
  readonly readyPath: string;
  /** HTTP path that answers 200 unless a restart is due; without it, an open port is enough. */
  readonly livePath?: string;
  /** Only a program that works in the kernel sees its node's processes, as root with few capabilities. */
  readonly inKernel?: boolean;
  /** Only a program that talks to the API server gets a token. */
  readonly usesApi?: boolean;
  /** Whether there are several of these pods, which had better be on different nodes. */
  readonly spread?: boolean;
  readonly gracePeriodSeconds?: number;
}

/** The pod of a component: one container, restricted unless it works in the kernel, with its own service account. */
export function podTemplate(context: Context, shape: PodShape): k8s.PodTemplateSpec {
  const { stack } = context;
  const { component, inKernel = false } = shape;
  const mounts = [...shape.mounts, scratchMount('tmp', '/tmp')];
  const { pullSecrets } = stack.spec.images;
  return {
    metadata: { labels: labelsOf(stack, component) },
    spec: {
      serviceAccountName: childName(stack, component),
      ...(shape.usesApi !== true && { automountServiceAccountToken: false }),
      // A Service named like a program's own setting would otherwise reach it as an environment variable.
      enableServiceLinks: false,
      ...(inKernel && { hostPid: true }),
      securityContext: inKernel ? kernelPod : restrictedPod,
      ...(pullSecrets.length > 0 && { imagePullSecrets: pullSecrets.map((name) => ({ name })) }),
      ...placementOf(stack, component),
      ...(shape.spread === true && spreadOf(stack, component)),
      ...(shape.gracePeriodSeconds !== undefined && { terminationGracePeriodSeconds: shape.gracePeriodSeconds }),
      containers: [container(context, shape, mounts)],
      volumes: mounts.flatMap(({ volume }) => (volume === undefined ? [] : [volume])),
    },
  };
}

function container(context: Context, shape: PodShape, mounts: readonly Mount[]): k8s.Container {
  const { component, args, env = [], resources, readyPath } = shape;
  const http = k8s.IntOrString.fromString('http');
  return {
    name: component,
    image: imageOf(context, component),
    ...(args !== undefined && { args: [...args] }),
    ...(env.length > 0 && { env: [...env] }),
    ports: portsOf(context.stack, component).map(({ name, number }) => ({ name, containerPort: number })),
    ...resourcesOf(resources),
    securityContext: shape.inKernel === true ? kernelContainer : restrictedContainer,
    readinessProbe: { httpGet: { path: readyPath, port: http }, periodSeconds: 5, timeoutSeconds: 3 },
    // The port answers while a log is replayed or a downstream is gone: neither is mended by a restart.
    livenessProbe: { ...alive(shape.livePath), initialDelaySeconds: 10, failureThreshold: 6, timeoutSeconds: 3 },
    volumeMounts: mounts.map(({ mount }) => mount),
  };
}

function alive(path: string | undefined): Pick<k8s.Probe, 'httpGet' | 'tcpSocket'> {
  const port = k8s.IntOrString.fromString('http');
  return path === undefined ? { tcpSocket: { port } } : { httpGet: { path, port } };
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
