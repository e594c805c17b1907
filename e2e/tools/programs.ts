/** A program the node or the tests run, built from a Go module pinned in `e2e/tools/<module>`. */
export interface Program {
  readonly name: string;
  readonly version: string;
  readonly module: string;
  readonly package: string;
  readonly tags: string;
  readonly ldflags: string;
}

const kubernetes = 'v1.36.3';

// Clients read /version and want semver there; a build outside the project's own scripts reports none.
const stamp = ['k8s.io/component-base/version', 'k8s.io/client-go/pkg/version']
  .flatMap((path) => [`${path}.gitVersion=${kubernetes}`, `${path}.gitMajor=1`, `${path}.gitMinor=36`])
  .map((variable) => `-X ${variable}`)
  .join(' ');

function ofKubernetes(name: string): Program {
  const path = `k8s.io/kubernetes/cmd/${name}`;
  return { name, version: kubernetes, module: 'kubernetes', package: path, tags: '', ldflags: stamp };
}

function plain(name: string, version: string, path: string, tags = ''): Program {
  return { name, version, module: name, package: path, tags, ldflags: '' };
}

/** Every program, in the order they are built: what the node needs first, then what runs on it. */
export const programs = [
  // Debian's 3.4 sends no progress with its watches; the API server then answers old revisions and complains.
  plain('etcd', 'v3.6.8', 'go.etcd.io/etcd/server/v3'),
  ofKubernetes('kube-apiserver'),
  ofKubernetes('kube-controller-manager'),
  ofKubernetes('kube-scheduler'),
  ofKubernetes('kubectl'),
  ofKubernetes('kubelet'),
  ofKubernetes('kube-proxy'),
  plain('tempo', 'v2.9.0', 'github.com/grafana/tempo/cmd/tempo'),
  plain('loki', 'v3.7.8', 'github.com/grafana/loki/v3/cmd/loki'),
  plain('mimir', 'v3.1.0-dev', 'github.com/grafana/mimir/cmd/mimir', 'netgo'),
  plain('coredns', 'v1.15.0', 'github.com/coredns/coredns'),
  plain('alloy', 'v1.11.0', 'github.com/grafana/alloy', 'netgo'),
  plain('helm', 'v3.22.0', 'helm.sh/helm/v3/cmd/helm'),
] as const satisfies readonly Program[];
