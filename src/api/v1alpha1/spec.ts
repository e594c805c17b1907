import { branch, word, type Given, type Out } from '../schema/index.ts';
import { collection } from './collection.ts';
import { grafana } from './grafana.ts';
import { images } from './images.ts';
import { instrumentation } from './instrumentation.ts';
import { logs } from './logs.ts';
import { metrics } from './metrics.ts';
import { overrides } from './overrides.ts';
import { sampling } from './sampling.ts';
import { scheduling } from './scheduling.ts';
import { security } from './security.ts';
import { topology } from './topology.ts';
import { traces } from './traces.ts';

/** The desired stack: one branch a file, rules between branches in rules.ts. */
export const branches = branch({
  size: word('dev', 'small', 'medium', 'large')
    .default('dev')
    .describe('Replicas, resources, volumes and retention of everything; each can be overridden below.'),
  managementState: word('Managed', 'Paused', 'Unmanaged')
    .default('Managed')
    .describe('Managed keeps everything as written here, Paused writes nothing, Unmanaged leaves what runs to itself.'),
  deletionPolicy: word('RetainData', 'Delete')
    .default('RetainData')
    .describe('What happens to the volumes when the stack is deleted.'),
  instrumentation,
  collection,
  sampling,
  traces,
  metrics,
  logs,
  grafana,
  topology,
  security,
  scheduling,
  images,
  overrides,
}).describe('The stack as it should be.');

/** The spec after every default. */
export type Spec = Out<typeof branches>;
/** The spec as the API server stores it: static defaults filled, size-dependent values possibly missing. */
export type GivenSpec = Given<typeof branches>;
