import { boolean, branch, word } from '../schema/index.ts';
import { resources } from './resources.ts';

export const grafana = branch({
  enabled: boolean().default(true).describe('Run Grafana with the backends as data sources.'),
  auth: word('AnonymousViewer', 'AnonymousAdmin', 'Password')
    .default('AnonymousViewer')
    .describe('Who may do what: everybody looks, everybody administers, or only with the generated password.'),
  dashboards: branch({
    defaults: boolean().default(true).describe('Provision the dashboards that come with ostack.'),
  }).describe('What Grafana shows.'),
  resources: resources('Grafana'),
}).describe('Where everything is looked at.');
