import { expect, test } from '@jest/globals';
import { containerOf } from './cgroup.ts';

const id = '3f2a9c1d4e5b60718293a4b5c6d7e8f90123456789abcdef0123456789abcdef';
const node = '99887766554433221100ffeeddccbbaa99887766554433221100ffeeddccbbaa';
const uid = '7f3e1a52-0c4d-4b8e-9a61-2d5c8e7f1b03';
const underscored = uid.replaceAll('-', '_');
const staticUid = '0a1b2c3d4e5f60718293a4b5c6d7e8f9';
const inPod = { containerId: id, podUid: uid };

test.each([
  [
    'cgroup v1, cgroupfs, burstable',
    `11:memory:/kubepods/burstable/pod${uid}/${id}\n1:name=systemd:/kubepods/burstable/pod${uid}/${id}\n0::/\n`,
    inPod,
  ],
  ['cgroup v1, cgroupfs, guaranteed', `4:cpu,cpuacct:/kubepods/pod${uid}/${id}`, inPod],
  [
    'cgroup v1 where the unified line comes first and is empty',
    `0::/\n9:pids:/kubepods/besteffort/pod${uid}/${id}`,
    inPod,
  ],
  ['cgroup v1, a cgroupRoot of the kubelet', `8:pids:/ostack/kubepods/besteffort/pod${uid}/${id}`, inPod],
  ['cgroup v2, cgroupfs', `0::/kubepods/besteffort/pod${uid}/${id}`, inPod],
  [
    'cgroup v2, systemd, containerd',
    `0::/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod${underscored}.slice/cri-containerd-${id}.scope`,
    inPod,
  ],
  [
    'cgroup v2, systemd, containerd, guaranteed',
    `0::/kubepods.slice/kubepods-pod${underscored}.slice/cri-containerd-${id}.scope`,
    inPod,
  ],
  [
    'cgroup v2, systemd, CRI-O',
    `0::/kubepods.slice/kubepods-besteffort.slice/kubepods-besteffort-pod${underscored}.slice/crio-${id}.scope`,
    inPod,
  ],
  [
    'CRI-O with crun, which adds a level',
    `0::/kubepods.slice/kubepods-besteffort.slice/kubepods-besteffort-pod${underscored}.slice/crio-${id}.scope/container`,
    inPod,
  ],
  [
    'cgroup v2, systemd, Docker as runtime',
    `0::/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod${underscored}.slice/docker-${id}.scope`,
    inPod,
  ],
  [
    'containerd without SystemdCgroup under a systemd kubelet',
    `0::/system.slice/containerd.service/kubepods-burstable-pod${underscored}.slice:cri-containerd:${id}`,
    inPod,
  ],
  [
    'kind, where the node is a container itself',
    `0::/docker/${node}/kubelet.slice/kubelet-kubepods.slice/kubelet-kubepods-burstable.slice/kubelet-kubepods-burstable-pod${underscored}.slice/cri-containerd-${id}.scope`,
    inPod,
  ],
  ['kind, cgroup v1', `5:devices:/docker/${node}/kubelet/kubepods/besteffort/pod${uid}/${id}`, inPod],
  [
    'a private cgroup namespace',
    `0::/../../kubepods-besteffort-pod${underscored}.slice/cri-containerd-${id}.scope`,
    inPod,
  ],
  [
    'a static pod, whose uid is a hash',
    `0::/kubepods/burstable/pod${staticUid}/${id}`,
    { containerId: id, podUid: staticUid },
  ],
  ['systemd inside the container', `0::/kubepods/besteffort/pod${uid}/${id}/init.scope`, inPod],
  ['Docker, cgroup v1', `3:cpuset:/docker/${id}`, { containerId: id }],
  ['Docker, cgroup v2', `0::/system.slice/docker-${id}.scope`, { containerId: id }],
  ['Podman', `0::/machine.slice/libpod-${id}.scope`, { containerId: id }],
  [
    'ECS',
    `4:memory:/ecs/5f1e0c8a7b6d4e3f/5f1e0c8a7b6d4e3f0a1b2c3d4e5f6071-1234567890`,
    { containerId: '5f1e0c8a7b6d4e3f0a1b2c3d4e5f6071-1234567890' },
  ],
])('%s', (_form, file, expected) => {
  expect(containerOf(file)).toEqual(expected);
});

test.each([
  ['a service of the host', '0::/system.slice/ssh.service'],
  ['a login session', '0::/user.slice/user-1000.slice/session-3.scope'],
  ['the root', '9:name=systemd:/\n0::/'],
  [
    "CRI-O's monitor of a container",
    `0::/kubepods.slice/kubepods-besteffort-pod${underscored}.slice/crio-conmon-${id}.scope`,
  ],
  ["Podman's monitor", `0::/machine.slice/libpod-conmon-${id}.scope`],
  ['the pause level of a pod without a container', `0::/kubepods/besteffort/pod${uid}`],
  ['an unfinished process', ''],
  ['a path that only looks like an id', `0::/build/${id}0`],
])('%s is no container', (_form, file) => {
  expect(containerOf(file)).toBeUndefined();
});
