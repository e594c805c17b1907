import { expect, test } from '@jest/globals';
import { attribute, block, call, comment, component, config, index, object, plus, ref } from './build.ts';
import { printAlloy } from './printer.ts';

test('a configuration comes out in the form alloy fmt leaves it in', () => {
  const text = printAlloy(
    config(
      comment('First,', 'then.'),
      component(
        'otelcol.exporter.otlp',
        'main',
        { timeout: '5s', long_name: [1, 2.5, -3], off: undefined },
        comment('Where it goes.'),
        block('client', { endpoint: plus('https://', call('sys.env', 'HOST')), headers: object({ 'x-a': 'b', c: 1 }) }),
        block('empty'),
        attribute('after', index(ref('a.b'), 'key')),
      ),
      [component('local.file', 'f', { filename: 'C:\\x', list: ['a "quoted" text', 'b`c"', 'tab\t', 'é'] })],
      undefined,
    ),
  );
  expect(text).toBe(`// First,
// then.
otelcol.exporter.otlp "main" {
	timeout   = "5s"
	long_name = [1, 2.5, -3]

	// Where it goes.
	client {
		endpoint = "https://" + sys.env("HOST")
		headers  = {
			"x-a" = "b",
			c     = 1,
		}
	}

	empty { }

	after = a.b["key"]
}

local.file "f" {
	filename = \`C:\\x\`
	list     = [\`a "quoted" text\`, "b\`c\\"", "tab\\t", "é"]
}
`);
});

test('a long list goes one element a line and ends the alignment of its neighbours', () => {
  const long = Array.from({ length: 3 }, (_, at) => `${'x'.repeat(40)}${at}`);
  expect(printAlloy(config(block('a', { one: 1, list: long, three: 3, fourth: 4 })))).toBe(`a {
	one  = 1
	list = [
		"${long[0]}",
		"${long[1]}",
		"${long[2]}",
	]
	three  = 3
	fourth = 4
}
`);
});

test('numbers that have no literal are refused, large ones are written in full', () => {
  expect(() => attribute('a', Number.NaN)).toThrow(RangeError);
  expect(() => attribute('a', Number.POSITIVE_INFINITY)).toThrow(RangeError);
  expect(printAlloy([attribute('a', 1e21), attribute('b', 2 ** 40), attribute('c', 1e-7)])).toBe(
    'a = 1e21\nb = 1099511627776\nc = 1e-7\n',
  );
});
