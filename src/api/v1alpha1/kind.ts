export const group = 'ostack.io';
export const version = 'v1alpha1';
export const kind = 'ObservabilityStack';
export const plural = 'observabilitystacks';
