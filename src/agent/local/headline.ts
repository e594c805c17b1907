import type { Delivery, Summary } from './summary.ts';

const between = ' · ';

/** What holds for everything shown, in lines no wider than the terminal where words allow it. */
export function headlines(summary: Summary, width: number): string[] {
  const lines: string[] = [];
  for (const part of partsOf(summary)) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + between.length + part.length <= width) {
      lines[lines.length - 1] = last + between + part;
    } else lines.push(part.length <= width ? part : `${part.slice(0, width - 1)}…`);
  }
  return lines;
}

function partsOf({ services, targets, followed, wanted, kept, coverage, delivery }: Summary): string[] {
  if (followed === 0) return [`no process followed: none is there yet for ${wanted}`, ...deliveryParts(delivery)];
  const spans = Object.entries(kept).filter(([, count]) => count > 0);
  const shown = spans.length === 0 ? 'none' : spans.map(([verdict, count]) => `${count} ${verdict}`).join(', ');
  const sum = (of: 'requests' | 'errors') => services.reduce((total, service) => total + service[of], 0);
  return [
    `${followed} ${followed === 1 ? 'process' : 'processes'} followed, ${targets} running`,
    `${sum('requests')} requests, ${sum('errors')} errors`,
    `spans kept: ${shown}`,
    `coverage ${percent(coverage)}`,
    ...deliveryParts(delivery),
  ];
}

function deliveryParts(delivery: Delivery | undefined): string[] {
  if (!delivery) return [];
  const { spans, points, lostSpans, lostPoints, waiting } = delivery;
  const lost = `OTLP: ${lostSpans} spans, ${lostPoints} points not delivered`;
  return [
    ...(waiting ? ['OTLP: the receiver does not answer, trying again'] : []),
    ...(lostSpans + lostPoints > 0 ? [lost] : []),
    ...(spans + points > 0 ? [`OTLP: ${spans} spans, ${points} points delivered`] : []),
  ];
}

/** A share as text, 100 only if it is the whole; `-` if there is none. */
export function percent(share: number | undefined): string {
  return share === undefined ? '-' : `${share === 1 ? 100 : (100 * share).toFixed(1)} %`;
}
