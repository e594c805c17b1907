import { describe, expect, test } from '@jest/globals';
import type { Discovery } from '../config/index.ts';
import type { Pod } from './pod.ts';
import { matchesLabels, select, type Candidate } from './selection.ts';

const rules: Discovery = {
  namespaces: { include: [], exclude: [] },
  podSelector: { matchLabels: {}, matchExpressions: [] },
  ports: [],
  executables: [],
  pids: [],
  reportingThemselves: 'Skip',
};
const pod: Pod = {
  uid: 'u',
  name: 'shop-1',
  namespace: 'store',
  labels: { app: 'shop', tier: 'web' },
  annotations: {},
  ips: [],
  hostNetwork: false,
  containers: new Map(),
};
const inPod: Candidate = {
  process: {
    pid: 7,
    parent: 1,
    startTicks: 1,
    executable: '/usr/bin/node',
    command: [],
    environment: { resourceAttributes: {} },
    container: { containerId: 'c', podUid: 'u' },
  },
  pod,
  named: false,
  onPort: false,
  sendsOtlp: false,
};
const { pod: _none, ...alone } = inPod;
const onHost: Candidate = { ...alone, process: { ...alone.process, container: undefined } as never };
const annotated = (value: string): Candidate => ({
  ...inPod,
  pod: { ...pod, annotations: { 'ostack.io/instrument': value } },
});
const reporting: Candidate = {
  ...inPod,
  process: { ...inPod.process, environment: { resourceAttributes: {}, reportsItself: 'NODE_OPTIONS' } },
};
const inNamespaces = (include: string[], exclude: string[]): Discovery => ({
  ...rules,
  namespaces: { include, exclude },
});

describe('in a cluster', () => {
  test.each<[string, Candidate, Discovery, string]>([
    ['every pod is taken by default', inPod, rules, 'selected'],
    ['a program of the node itself is not', onHost, rules, 'not-in-a-pod'],
    ['nor one whose pod is not known yet', alone, rules, 'pod-unknown'],
    ['only included namespaces', inPod, inNamespaces(['st*'], []), 'selected'],
    ['and no others', inPod, inNamespaces(['kube-*'], []), 'namespace'],
    ['excluded wins over included', inPod, inNamespaces(['*'], ['store']), 'namespace'],
    ['excluded wins over the annotation', annotated('true'), inNamespaces([], ['sto?e']), 'namespace'],
    ['the annotation takes a pod out', annotated('false'), rules, 'annotation'],
    ['the annotation takes a pod in', annotated('true'), { ...rules, executables: ['/bin/x'] }, 'selected'],
    [
      'the labels must match',
      inPod,
      { ...rules, podSelector: { matchLabels: { app: 'x' }, matchExpressions: [] } },
      'pod-selector',
    ],
    ['an executable narrows', inPod, { ...rules, executables: ['*/node'] }, 'selected'],
    ['and leaves out others', inPod, { ...rules, executables: ['*/java'] }, 'not-matched'],
    ['a port narrows', { ...inPod, onPort: true }, { ...rules, ports: [80] }, 'selected'],
    ['and leaves out who does not listen there', inPod, { ...rules, ports: [80] }, 'not-matched'],
    ['what reports by itself is skipped', reporting, rules, 'reports-itself'],
    ['also when only its connection shows it', { ...inPod, sendsOtlp: true }, rules, 'reports-itself'],
    ['unless the rules say otherwise', reporting, { ...rules, reportingThemselves: 'Instrument' }, 'selected'],
    ['or the annotation does', { ...reporting, pod: annotated('true').pod as Pod }, rules, 'selected'],
  ])('%s', (_rule, candidate, discovery, expected) => {
    const selection = select(candidate, discovery, true);
    expect(selection.selected ? 'selected' : selection.reason).toBe(expected);
  });
});

describe('without a cluster', () => {
  test.each<[string, Candidate, Discovery, string]>([
    ['nothing is taken by default', onHost, rules, 'not-matched'],
    ['a named process is', { ...onHost, named: true }, rules, 'selected'],
    ['so is one on a wanted port', { ...onHost, onPort: true }, rules, 'selected'],
    ['so is a wanted executable', onHost, { ...rules, executables: ['/usr/*/node'] }, 'selected'],
    ['containers are processes like others', { ...alone, named: true }, rules, 'selected'],
  ])('%s', (_rule, candidate, discovery, expected) => {
    const selection = select(candidate, discovery, false);
    expect(selection.selected ? 'selected' : selection.reason).toBe(expected);
  });
});

test.each([
  ['In', ['web'], true],
  ['In', ['db'], false],
  ['NotIn', ['web'], false],
  ['NotIn', ['db'], true],
  ['Exists', [], true],
  ['DoesNotExist', [], false],
] as const)('label expression tier %s %j', (operator, values, expected) => {
  const selector = { matchLabels: {}, matchExpressions: [{ key: 'tier', operator, values }] };
  expect(matchesLabels(selector, pod.labels)).toBe(expected);
});
