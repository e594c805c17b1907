import type { k8s } from 'cdk8s-plus-28';
import type { Spec, Stack } from '../../api/index.ts';
import { grafanaAdminName } from '../names.ts';

export const adminUserKey = 'admin-user';
export const adminPasswordKey = 'admin-password';

/**
 * Who may enter Grafana. The anonymous modes make no administrator at all, since one with the well-known password would
 * answer on the API even where the login form is hidden.
 */
export function authEnv(stack: Stack): readonly k8s.EnvVar[] {
  const modes: Readonly<Record<Spec['grafana']['auth'], readonly k8s.EnvVar[]>> = {
    AnonymousViewer: anonymous('Viewer'),
    AnonymousAdmin: anonymous('Admin'),
    Password: [
      fromSecret('GF_SECURITY_ADMIN_USER', stack, adminUserKey),
      fromSecret('GF_SECURITY_ADMIN_PASSWORD', stack, adminPasswordKey),
    ],
  };
  return modes[stack.spec.grafana.auth];
}

function anonymous(role: 'Viewer' | 'Admin'): readonly k8s.EnvVar[] {
  return [
    { name: 'GF_AUTH_ANONYMOUS_ENABLED', value: 'true' },
    { name: 'GF_AUTH_ANONYMOUS_ORG_ROLE', value: role },
    { name: 'GF_AUTH_DISABLE_LOGIN_FORM', value: 'true' },
    { name: 'GF_AUTH_BASIC_ENABLED', value: 'false' },
    { name: 'GF_SECURITY_DISABLE_INITIAL_ADMIN_CREATION', value: 'true' },
  ];
}

function fromSecret(name: string, stack: Stack, key: string): k8s.EnvVar {
  return { name, valueFrom: { secretKeyRef: { name: grafanaAdminName(stack), key } } };
}
