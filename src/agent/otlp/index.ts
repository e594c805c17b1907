export { AttributeCache } from './attribute-cache.ts';
export { attributeField, encodeAttributes, type Attributes, type AttributeValue } from './attributes.ts';
export {
  encodeMetrics,
  type Exemplar,
  type HistogramPoint,
  type Metric,
  type ResourceMetrics,
  type SumPoint,
} from './metrics.ts';
export { OtlpSender, type SenderOptions, type Signal } from './sender.ts';
export { encodeTraces, spanKind, type ResourceSpans, type SpanData } from './traces.ts';
