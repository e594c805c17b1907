import { atLeast, isAtLeast, isFormed } from '../schema/index.ts';
import { sizes } from './sizes.ts';
import { branches, type GivenSpec } from './spec.ts';

const someBackend = "(self.traces.backend != 'None' || self.metrics.backend != 'None' || self.logs.backend != 'None')";

function hasBackend({ traces, metrics, logs }: GivenSpec): boolean {
  return traces.backend !== 'None' || metrics.backend !== 'None' || logs.backend !== 'None';
}

type Stored = 'traces' | 'metrics' | 'logs';

/** CEL for the volume size that counts: the written one, else that of the size. */
function volumeSize(branch: Stored, self: string): string {
  const [written, bySize] = [`${self}.${branch}.volume.size`, Object.entries(sizes)];
  const table = bySize.map(([size, values]) => `'${size}': '${values[branch].volume.size}'`).join(', ');
  return `(has(${written}) ? string(${written}) : {${table}}[${self}.size])`;
}

/** CEL that is true if a size is written, but is none. The text that counts is not asked: its estimated cost has no bound. */
function isMalformed(branch: Stored, self: string): string {
  const written = `${self}.${branch}.volume.size`;
  return `(has(${written}) && !${isFormed(written)})`;
}

function volumeSizeOf(branch: Stored, spec: GivenSpec): string {
  return spec[branch].volume.size ?? sizes[spec.size][branch].volume.size;
}

function growsOnly(branch: Stored): Parameters<typeof branches.change>[0] {
  return {
    cel: [
      ...['self', 'oldSelf'].map((self) => isMalformed(branch, self)),
      atLeast(volumeSize(branch, 'self'), volumeSize(branch, 'oldSelf')),
    ].join(' || '),
    reason: 'a volume cannot shrink',
    fix: 'write at least the size it has; when spec.size goes down, the size has to be written here',
    at: `.${branch}.volume.size`,
    holds: (self, old) => isAtLeast(volumeSizeOf(branch, self), volumeSizeOf(branch, old)),
  };
}

/** The spec with what one branch decides about another. */
export const spec = branches
  .rule({
    cel: `${someBackend} || self.collection.exportTo.size() > 0 || self.metrics.remoteWrite.size() > 0`,
    reason: 'has nowhere to send anything',
    fix: 'set a backend of traces, metrics or logs, or add collection.exportTo or metrics.remoteWrite',
    holds: (self) => hasBackend(self) || self.collection.exportTo.length > 0 || self.metrics.remoteWrite.length > 0,
  })
  .rule({
    cel: `!self.grafana.enabled || ${someBackend}`,
    reason: 'has no backend to show',
    fix: 'set spec.grafana.enabled to false, or a backend of traces, metrics or logs',
    at: '.grafana.enabled',
    holds: (self) => !self.grafana.enabled || hasBackend(self),
  })
  .rule({
    cel:
      "self.traces.backend != 'None' || self.sampling.services.size() == 0" +
      " || self.collection.exportTo.exists(sink, 'traces' in sink.signals)",
    reason: 'samples traces that go nowhere',
    fix: 'leave the services out, set spec.traces.backend, or give a sink of spec.collection.exportTo the signal traces',
    at: '.sampling.services',
    holds: (self) =>
      self.traces.backend !== 'None' ||
      self.sampling.services.length === 0 ||
      self.collection.exportTo.some((sink) => sink.signals.includes('traces')),
  })
  .rule({
    cel:
      '!self.sampling.keep.attributes.exists(kept, self.collection.redaction.exists(redacted,' +
      " redacted.attribute == kept.key && (redacted.action == 'Remove' || kept.values.size() > 0)))",
    reason: 'keeps traces by an attribute that is redacted before sampling',
    fix: 'leave it out here or in spec.collection.redaction',
    at: '.sampling.keep.attributes',
    holds: (self) =>
      !self.sampling.keep.attributes.some((kept) =>
        self.collection.redaction.some(
          (redacted) => redacted.attribute === kept.key && (redacted.action === 'Remove' || kept.values.length > 0),
        ),
      ),
  })
  .change(growsOnly('traces'))
  .change(growsOnly('metrics'))
  .change(growsOnly('logs'));
