import type { KubeObject } from './resource.ts';

/** One object of each kind a plan contains, as full as ours are, with the spellings a server rewrites. */
export function sampleObjects(namespace: string): KubeObject[] {
  const name = 'demo-tempo';
  const selected = { 'app.kubernetes.io/name': 'tempo', 'app.kubernetes.io/instance': 'demo' };
  const labels = { ...selected, 'app.kubernetes.io/managed-by': 'ostack', 'ostack.io/stack': 'demo' };
  const metadata = { name, namespace, labels };
  const clusterWide = { name: `ostack-${namespace}-demo-tempo`, labels };
  const rules = [
    { apiGroups: [''], resources: ['pods', 'namespaces'], verbs: ['get', 'list', 'watch'] },
    { nonResourceURLs: ['/metrics'], verbs: ['get'] },
  ];
  const subjects = [{ kind: 'ServiceAccount', name, namespace }];
  const template = podTemplate(name, labels);
  return [
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata, automountServiceAccountToken: false },
    {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata,
      data: {
        'config.yaml': 'server:\n  http_listen_port: 3200\n',
        'long.json': JSON.stringify('panel '.repeat(500)),
        empty: '',
      },
    },
    { apiVersion: 'v1', kind: 'Secret', metadata, type: 'Opaque', stringData: { 'admin-password': 'long and random' } },
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata,
      spec: {
        selector: selected,
        ports: [
          { name: 'http', port: 3200, targetPort: 'http' },
          { name: 'otlp', port: 4317, targetPort: 4317, protocol: 'TCP', appProtocol: 'grpc' },
        ],
      },
    },
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { ...metadata, name: `${name}-headless` },
      spec: {
        clusterIP: 'None',
        publishNotReadyAddresses: true,
        selector: selected,
        ports: [{ name: 'otlp', port: 4317 }],
      },
    },
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata,
      spec: { replicas: 1, minReadySeconds: 0, selector: { matchLabels: selected }, template },
    },
    {
      apiVersion: 'apps/v1',
      kind: 'StatefulSet',
      metadata,
      spec: {
        replicas: 3,
        serviceName: `${name}-headless`,
        podManagementPolicy: 'Parallel',
        selector: { matchLabels: selected },
        template,
        volumeClaimTemplates: [
          {
            metadata: { name: 'data', labels: selected },
            spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1024Mi' } } },
          },
        ],
      },
    },
    {
      apiVersion: 'apps/v1',
      kind: 'DaemonSet',
      metadata,
      spec: {
        updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: '25%' } },
        selector: { matchLabels: selected },
        template,
      },
    },
    {
      apiVersion: 'policy/v1',
      kind: 'PodDisruptionBudget',
      metadata,
      spec: { maxUnavailable: 1, selector: { matchLabels: selected } },
    },
    {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata,
      spec: {
        podSelector: { matchLabels: selected },
        policyTypes: ['Ingress', 'Egress'],
        ingress: [
          {
            from: [{ podSelector: {} }, { namespaceSelector: { matchLabels: { team: 'a' } } }],
            ports: [{ port: 4317 }, { port: 'http', protocol: 'TCP' }],
          },
        ],
        egress: [{ to: [{ ipBlock: { cidr: '0.0.0.0/0', except: ['169.254.0.0/16'] } }] }, {}],
      },
    },
    { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', metadata: clusterWide, rules },
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRoleBinding',
      metadata: clusterWide,
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: clusterWide.name },
      subjects,
    },
    { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'Role', metadata, rules: [rules[0]] },
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'RoleBinding',
      metadata,
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name },
      subjects: [...subjects, { kind: 'Group', name: 'system:authenticated', apiGroup: 'rbac.authorization.k8s.io' }],
    },
  ];
}

function podTemplate(name: string, labels: Readonly<Record<string, string>>): object {
  const probe = { httpGet: { path: '/ready', port: 'http' }, initialDelaySeconds: 5 };
  return {
    metadata: { labels, annotations: { 'ostack.io/config-hash': 'abc' } },
    spec: {
      serviceAccountName: name,
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      hostNetwork: false,
      terminationGracePeriodSeconds: 30,
      nodeSelector: { 'kubernetes.io/os': 'linux' },
      tolerations: [{ operator: 'Exists' }, { key: 'a', value: 'b', effect: 'NoExecute', tolerationSeconds: 30 }],
      imagePullSecrets: [{ name: 'registry' }],
      securityContext: {
        runAsNonRoot: true,
        runAsUser: 10001,
        fsGroup: 10001,
        seccompProfile: { type: 'RuntimeDefault' },
      },
      topologySpreadConstraints: [
        {
          maxSkew: 1,
          topologyKey: 'kubernetes.io/hostname',
          whenUnsatisfiable: 'ScheduleAnyway',
          labelSelector: { matchLabels: { 'app.kubernetes.io/name': 'tempo' } },
        },
      ],
      affinity: {
        podAntiAffinity: {
          preferredDuringSchedulingIgnoredDuringExecution: [
            {
              weight: 100,
              podAffinityTerm: { topologyKey: 'topology.kubernetes.io/zone', labelSelector: { matchLabels: {} } },
            },
          ],
        },
      },
      initContainers: [{ name: 'prepare', image: 'ostack.test/tempo:2.9.0', command: ['/bin/true'], resources: {} }],
      containers: [
        {
          name: 'tempo',
          image: 'ostack.test/tempo:2.9.0',
          args: ['-config.file=/etc/tempo/config.yaml', '-target=all'],
          env: [
            { name: 'POD_NAME', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
            { name: 'GOMEMLIMIT', valueFrom: { resourceFieldRef: { resource: 'limits.memory' } } },
            { name: 'PASSWORD', valueFrom: { secretKeyRef: { name, key: 'admin-password' } } },
            { name: 'EMPTY', value: '' },
          ],
          ports: [
            { name: 'http', containerPort: 3200 },
            { name: 'otlp', containerPort: 4317, protocol: 'TCP' },
          ],
          resources: { requests: { cpu: '1000m', memory: '1024Mi' }, limits: { cpu: 2, memory: '2Gi' } },
          securityContext: {
            allowPrivilegeEscalation: false,
            readOnlyRootFilesystem: true,
            capabilities: { drop: ['ALL'] },
          },
          startupProbe: { ...probe, failureThreshold: 60 },
          readinessProbe: probe,
          lifecycle: { preStop: { sleep: { seconds: 5 } } },
          volumeMounts: [
            { name: 'config', mountPath: '/etc/tempo', readOnly: true },
            { name: 'tmp', mountPath: '/tmp' },
            { name: 'token', mountPath: '/var/run/token', readOnly: false },
          ],
        },
      ],
      volumes: [
        { name: 'config', configMap: { name } },
        { name: 'tmp', emptyDir: {} },
        { name: 'scratch', emptyDir: { sizeLimit: '0.5Gi', medium: '' } },
        {
          name: 'token',
          projected: {
            sources: [
              { serviceAccountToken: { path: 'token' } },
              { downwardAPI: { items: [{ path: 'labels', fieldRef: { fieldPath: 'metadata.labels' } }] } },
              { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
            ],
          },
        },
      ],
    },
  };
}
