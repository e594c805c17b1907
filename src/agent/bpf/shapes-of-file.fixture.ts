import { afterAll } from '@jest/globals';
import { rmSync } from 'node:fs';
import { buildShapes } from './shapes.fixture.ts';

/** The shapes program for all tests of a file, removed after them; to be called at the top of the file. */
export function shapesOfFile(): ReturnType<typeof buildShapes> {
  const built = buildShapes();
  afterAll(() => rmSync(built.directory, { recursive: true }));
  return built;
}
