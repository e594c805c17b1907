import type { ApiObject, Chart } from 'cdk8s';
import { k8s } from 'cdk8s-plus-28';
import type { Spec, Stack } from '../../api/index.ts';
import type { Context } from '../component.ts';
import { metadataOf } from '../labels.ts';
import { grafanaAdminName } from '../names.ts';

const userKey = 'admin-user';
const passwordKey = 'admin-password';

/**
 * Who may enter Grafana. The anonymous modes make no administrator at all, since one with the well-known password would
 * answer on the API even where the login form is hidden.
 */
export function authEnv(stack: Stack, auth: Spec['grafana']['auth']): readonly k8s.EnvVar[] {
  if (auth !== 'Password') return anonymous(auth === 'AnonymousAdmin' ? 'Admin' : 'Viewer');
  return [
    fromSecret('GF_SECURITY_ADMIN_USER', stack, userKey),
    fromSecret('GF_SECURITY_ADMIN_PASSWORD', stack, passwordKey),
  ];
}

/** The Secret with the administrator, in mode Password and once the password is known. */
export function admins(chart: Chart, { stack, facts }: Context): readonly ApiObject[] {
  if (stack.spec.grafana.auth !== 'Password' || facts.grafanaPassword === undefined) return [];
  return [
    new k8s.KubeSecret(chart, 'admin', {
      metadata: metadataOf(stack, 'grafana', grafanaAdminName(stack)),
      // Not stringData: the API server turns that into data, and what we own would not be what is there.
      data: { [userKey]: base64('admin'), [passwordKey]: base64(facts.grafanaPassword) },
    }),
  ];
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

function base64(text: string): string {
  return Buffer.from(text, 'utf8').toString('base64');
}
