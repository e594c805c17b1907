import { expect, test } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { prototypes } from './libbpf.ts';

/** A C function of our prototype that calls the real one: the compiler compares number, kind and width. */
function wrapper(text: string): string {
  const [, result = '', name = '', list = ''] =
    /^(.*?)(\w+)\((.*)\)$/.exec(text.replaceAll(/_(?:Out|Inout)_ /g, '')) ?? [];
  const names = list === 'void' ? [] : list.split(',').map((parameter) => /(\w+)$/.exec(parameter.trim())?.[1] ?? '');
  const call = `${name}(${names.join(', ')})`;
  return `${result}wrap_${name}(${list}) { ${result.trim() === 'void' ? '' : 'return '}${call}; }`;
}

function compile(lines: readonly string[]): string {
  const source = ['#include <bpf/bpf.h>', '#include <bpf/libbpf.h>', ...lines].join('\n');
  const flags = [
    '-x',
    'c',
    '-fsyntax-only',
    '-Wall',
    '-Wextra',
    '-Wconversion',
    '-Wno-discarded-qualifiers',
    '-Werror',
  ];
  return spawnSync('cc', [...flags, '-'], { input: source }).stderr.toString();
}

test('every prototype is what libbpf.h says: a wrong one is a crash nobody catches', () => {
  expect(compile(Object.values(prototypes).map(wrapper))).toBe('');
});

test('and a wrong one is seen', () => {
  expect(compile([wrapper('int bpf_map__fd(void *map, int extra)')])).toContain('too many arguments');
  expect(compile([wrapper('int bpf_map_lookup_elem(uint64_t fd, void *key, void *value)')])).toContain('conversion');
});
