import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { marks } from './marks.ts';
import { literal } from './ottl.ts';
import { samplingData } from './sampling-data.ts';
import { thresholdOf } from './share.ts';
import { everything, stackOf } from './stack.fixture.ts';

function statementsOf(sampling: object): readonly string[] {
  return samplingData(stackOf({ sampling })).statements;
}

const share = `set(span.attributes["${marks.share}"], true) where Substring(span.trace_id.string, 18, 14) >= span.cache["threshold"]`;

test('a share is asked with the percentage of the span’s own service', () => {
  const services = [
    { name: 'checkout', percent: 100 },
    { name: 'batch', percent: 0 },
  ];
  expect(statementsOf({ baselinePercent: 2.5, services }).slice(0, 4)).toEqual([
    `set(span.cache["threshold"], "${thresholdOf(2.5)}")`,
    'set(span.cache["threshold"], "00000000000000") where resource.attributes["service.name"] == "checkout"',
    'set(span.cache["threshold"], "none") where resource.attributes["service.name"] == "batch"',
    share,
  ]);
});

test('errors, slow spans and attributes are marked as the spec asks, and not when it does not', () => {
  const off = statementsOf({ keep: { errors: false, slowerThan: '0s' } }).join('\n');
  expect(off).not.toContain(marks.error);
  expect(off).not.toContain(marks.slow);
  expect(off).not.toContain(marks.attribute);
  const attributes = [{ key: 'tenant', values: ['gold', '7', 'true', '1.5', '007'] }, { key: 'debug' }];
  const on = statementsOf({ keep: { errors: true, slowerThan: '1m500ms', attributes } });
  expect(on).toContain(`set(span.attributes["${marks.error}"], true) where span.status.code == STATUS_CODE_ERROR`);
  expect(on).toContain(
    `set(span.attributes["${marks.slow}"], true) where span.end_time_unix_nano - span.start_time_unix_nano >= 60500000000`,
  );
  expect(on).toContain(
    `set(span.attributes["${marks.attribute}"], true) where (span.attributes["debug"] != nil or resource.attributes["debug"] != nil)`,
  );
  const tenant = on.find((statement) => statement.includes('tenant')) ?? '';
  expect(tenant).toContain('span.attributes["tenant"] == "gold" or resource.attributes["tenant"] == "gold"');
  expect(tenant).toContain('(span.attributes["tenant"] == "7" or span.attributes["tenant"] == 7)');
  expect(tenant).toContain('(span.attributes["tenant"] == "true" or span.attributes["tenant"] == true)');
  expect(tenant).toContain('(span.attributes["tenant"] == "1.5" or span.attributes["tenant"] == 1.5)');
  expect(tenant).not.toContain('== 007');
});

test('a dropped route is a text, exact or by its beginning, never a pattern', () => {
  const drop = [
    { name: 'health', route: '/healthz' },
    { name: 'internal', route: '/a.b+c/*' },
  ];
  const statements = statementsOf({ drop });
  expect(statements).toContain(`set(span.attributes["${marks.drop}"], "true") where span.cache["route"] == "/healthz"`);
  expect(statements).toContain(
    `set(span.attributes["${marks.drop}"], "true") where span.cache["route"] != nil and HasPrefix(span.cache["route"], "/a.b+c/")`,
  );
  expect(statementsOf({}).join('\n')).not.toContain('route');
});

test('Observe is one more statement and changes no other', () => {
  const enforced = samplingData(stackOf({ ...everything, sampling: { ...everything.sampling, mode: 'Enforce' } }));
  const observed = samplingData(stackOf(everything));
  expect(observed.statements).toEqual([...enforced.statements, `set(span.attributes["${marks.observe}"], true)`]);
});

test('the canary is always marked', () => {
  expect(statementsOf({})).toContain(
    `set(span.attributes["${marks.canary}"], true) where resource.attributes["service.name"] == "ostack-canary"`,
  );
});

test('there is always a statement, so that the data never looks missing', () => {
  expect(statementsOf({ baselinePercent: 0, keep: { errors: false, slowerThan: '0s' } }).length).toBeGreaterThan(0);
});

describe('no text of a user gets out of its literal', () => {
  // The string rule of OTTL's lexer, and what Go's Unquote takes.
  const token = /"(\\.|[^\\"])*"/g;
  const goEscape = /\\(?:[abfnrtv\\"]|x[0-9a-f]{2}|u[0-9a-f]{4}|U[0-9a-f]{8})/g;
  const hostile = fc.oneof(
    fc.string({ unit: 'binary', minLength: 1 }),
    fc.string({
      unit: fc.constantFrom('"', '\\', ')', ' or ', 'true', '\n', '\u2028', '\ud800', '`', '$'),
      minLength: 1,
    }),
  );

  test('as a literal', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const written = literal(text);
        expect(written.match(token)).toEqual([written]);
        expect(written.slice(1, -1).replaceAll(goEscape, '')).not.toMatch(/["\\\n]/);
      }),
    );
  });

  test('as a service, a route, an attribute or its value', () => {
    const { spec, ...rest } = stackOf();
    const clean = (name: string, route: string, key: string, value: string) =>
      samplingData({
        ...rest,
        spec: {
          ...spec,
          sampling: {
            ...spec.sampling,
            services: [{ name, percent: 50 }],
            drop: [{ name: 'a', route }],
            keep: { ...spec.sampling.keep, attributes: [{ key, values: [value] }] },
          },
        },
      }).statements.map((statement) => statement.replaceAll(token, '""'));
    const harmless = clean('a', 'a', 'a', 'a');
    // A route that ends in a star is another statement, a value that looks like a number is compared twice.
    const plain = hostile.filter((text) => !text.endsWith('*') && !/^-?\d|^true$|^false$/.test(text));
    fc.assert(
      fc.property(plain, plain, plain, plain, (name, route, key, value) => {
        expect(clean(name, route, key, value)).toEqual(harmless);
      }),
    );
  });
});
