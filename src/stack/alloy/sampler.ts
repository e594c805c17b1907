import type { ApiObject, Chart } from 'cdk8s';
import { k8s } from 'cdk8s-plus-28';
import { printAlloy } from '../../alloy/index.ts';
import { readyPath, samplerPipeline, samplingData, samplingFile, type Wiring } from '../../pipeline/index.ts';
import type { Component, Context } from '../component.ts';
import { serviceAccount } from '../identity.ts';
import { imageOf } from '../images.ts';
import { metadataOf, selectorOf } from '../labels.ts';
import { childName, samplingName } from '../names.ts';
import { networkPolicies } from '../network-policy.ts';
import { service } from '../service.ts';
import { synthesize } from '../synthesis.ts';
import { claimRetention, configMount, dataClaim, dataMount, scratchMount } from '../volumes.ts';
import { podTemplate, type PodShape } from '../workload.ts';
import { drainOf, withPreStopSleep } from './drain.ts';
import { exportSecrets } from './export-secrets.ts';
import { alloyArgs, configDirectory, configFile, podEnv, storagePath } from './program.ts';
import { severalSamplers } from './several-samplers.ts';

const component = 'alloy-sampler';
const [samplingDirectory, samplingKey] = split(samplingFile);

/** The tier that sees whole traces: counts every span, then keeps the traces the sampling asks for. */
export function alloySampler(context: Context, wiring: Wiring): Component {
  const { stack } = context;
  const name = childName(stack, component);
  const metadata = metadataOf(stack, component);
  const config = samplerPipeline(stack, wiring);
  const text = printAlloy(config);
  const secrets = exportSecrets(stack, text);
  const drain = drainOf(context);
  const objects = synthesize((chart) => [
    serviceAccount(chart, stack, component),
    new k8s.KubeConfigMap(chart, 'config', { metadata, data: { [configFile]: text } }),
    new k8s.KubeConfigMap(chart, 'sampling', {
      metadata: metadataOf(stack, component, samplingName(stack)),
      data: { [samplingKey]: `${JSON.stringify(samplingData(stack), undefined, 2)}\n` },
    }),
    service(chart, stack, component, 'headless'),
    ...networkPolicies(chart, context, component),
    ...disruptionBudgets(chart, context),
    workload(chart, context, {
      args: alloyArgs(config),
      env: [...podEnv, ...secrets.env],
      gracePeriodSeconds: drain.gracePeriodSeconds,
    }),
  ]);
  return {
    name: component,
    image: imageOf(context, component),
    objects: objects.map((object) =>
      object.kind === 'StatefulSet' ? withPreStopSleep(object, drain.sleepSeconds) : object,
    ),
    workload: { kind: 'StatefulSet', name },
    // Not the sampling numbers: Alloy follows that file, so that tuning restarts nothing.
    readAtStart: [`ConfigMap/${name}`, ...secrets.references],
  };
}

/** Draining nodes takes samplers one by one; with a single one a budget would only block the drain. */
function disruptionBudgets(chart: Chart, context: Context): readonly ApiObject[] {
  if (!severalSamplers(context)) return [];
  const { stack } = context;
  const selector = { matchLabels: selectorOf(stack, component) };
  return [
    new k8s.KubePodDisruptionBudget(chart, 'budget', {
      metadata: metadataOf(stack, component),
      spec: { maxUnavailable: k8s.IntOrString.fromNumber(1), selector },
    }),
  ];
}

function workload(
  chart: Chart,
  context: Context,
  process: Pick<PodShape, 'args' | 'env' | 'gracePeriodSeconds'>,
): ApiObject {
  const { stack } = context;
  const { sampler, buffer } = stack.spec.collection;
  const name = childName(stack, component);
  return new k8s.KubeStatefulSet(chart, 'workload', {
    metadata: metadataOf(stack, component),
    spec: {
      serviceName: name,
      replicas: sampler.replicas,
      podManagementPolicy: 'Parallel',
      selector: { matchLabels: selectorOf(stack, component) },
      ...(buffer.persistent && claimRetention(stack.spec.deletionPolicy)),
      template: podTemplate(context, {
        component,
        ...process,
        mounts: [
          configMount('config', name, configDirectory),
          configMount('sampling', samplingName(stack), samplingDirectory),
          buffer.persistent ? dataMount(storagePath) : scratchMount('storage', storagePath),
        ],
        resources: sampler.resources,
        readyPath,
        spread: severalSamplers(context),
      }),
      ...(buffer.persistent && {
        volumeClaimTemplates: [dataClaim(stack, component, { size: buffer.size, storageClass: '' })],
      }),
    },
  });
}

function split(path: string): readonly [directory: string, file: string] {
  const slash = path.lastIndexOf('/');
  return [path.slice(0, slash), path.slice(slash + 1)];
}
