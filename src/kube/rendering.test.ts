import { expect, test } from '@jest/globals';
import { hashOf, renderingAnnotation, toRendering } from './rendering.ts';
import type { KubeObject } from './resource.ts';

const object: KubeObject = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'a', annotations: { mine: 'x' } } };

test('the hash depends on what is rendered, not on the order it is written in', () => {
  expect(hashOf({ a: 1, b: [1, { c: 2, d: 3 }] })).toBe(hashOf({ b: [1, { d: 3, c: 2 }], a: 1 }));
  expect(hashOf({ a: [1, 2] })).not.toBe(hashOf({ a: [2, 1] }));
  expect(hashOf({ a: '1' })).not.toBe(hashOf({ a: 1 }));
});

test('the hash of a value is the same in every version of the operator, or an upgrade would write every object once', () => {
  expect(hashOf({ b: [1, { d: 'ä"', c: null }, []], a: {}, c: true })).toBe('719d8c115654758e310925cce1b8ca8a');
});

test('a rendering is its own rendering; with something changed it is that of the changed object', () => {
  const rendering = toRendering(object);
  expect(toRendering(rendering)).toBe(rendering);
  expect(toRendering({ ...rendering, type: 'Opaque' })).toEqual(toRendering({ ...object, type: 'Opaque' }));
  const plain = { ...object, metadata: { name: 'a' } };
  expect(toRendering({ ...toRendering(plain), type: 'Opaque' })).toEqual(toRendering({ ...plain, type: 'Opaque' }));
});

test('the rendering carries its hash beside the annotations that are there', () => {
  const { annotations } = toRendering(object).metadata;
  expect(annotations).toEqual({ mine: 'x', [renderingAnnotation]: expect.stringMatching(/^[0-9a-f]{32}$/) });
});

test('nulls and undefined values are not rendered, and do not change the hash', () => {
  const holes = { ...object, spec: { a: null, b: undefined, list: [{ c: null }] } };
  expect(toRendering(holes)['spec']).toEqual({ list: [{}] });
  expect(toRendering({ ...object, nothing: undefined })).toEqual(toRendering(object));
});

test('the plain text of a Secret is sent as data, which is how it can be read back', () => {
  const secret = { ...object, data: { b: 'Yg==' }, stringData: { a: 'ä' } };
  expect(toRendering(secret)['data']).toEqual({ a: 'w6Q=', b: 'Yg==' });
  expect(toRendering(secret)).not.toHaveProperty('stringData');
});
