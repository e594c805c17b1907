/** What one component hands another, besides plain values. */
export type Capsule =
  | 'otelcol consumer'
  | 'otelcol auth'
  | 'otelcol storage'
  | 'loki receiver'
  | 'prometheus receiver'
  | 'targets'
  | 'relabel rules'
  | 'contents';

export type Type =
  | 'string'
  | 'secret'
  | 'number'
  | 'boolean'
  | 'duration'
  | 'size'
  | 'any'
  | Capsule
  | { readonly listOf: Type }
  | { readonly mapOf: Type };

export interface Argument {
  readonly type: Type;
  readonly required: boolean;
}

export interface Inner {
  readonly shape: Shape;
  readonly required: boolean;
  readonly many: boolean;
}

/** What may stand in a block. */
export interface Shape {
  readonly arguments: ReadonlyMap<string, Argument>;
  readonly blocks: ReadonlyMap<string, Inner>;
  /** True where we do not look further in, since nothing of ours is written there. */
  readonly open: boolean;
}

export type Stability = 'generally-available' | 'public-preview' | 'experimental';

export interface ComponentKind {
  readonly shape: Shape;
  readonly exports: ReadonlyMap<string, Type>;
}

export const listOf = (type: Type): Type => ({ listOf: type });
export const mapOf = (type: Type): Type => ({ mapOf: type });

export const texts = listOf('string');

/** A name that ends in `!` is required, one that ends in `*` may come several times, `!*` at least once. */
export function shape(args: Readonly<Record<string, Type>>, blocks: Readonly<Record<string, Shape>> = {}): Shape {
  return {
    arguments: new Map(
      Object.entries(args).map(([name, type]) => [name.replace('!', ''), { type, required: name.endsWith('!') }]),
    ),
    blocks: new Map(
      Object.entries(blocks).map(([name, inner]) => [
        name.replace(/!?\*?$/, ''),
        { shape: inner, required: name.includes('!'), many: name.endsWith('*') },
      ]),
    ),
    open: false,
  };
}

/** A block whose inside is not checked. */
export const open: Shape = { arguments: new Map(), blocks: new Map(), open: true };

export function kind(shapeOf: Shape, exports: Readonly<Record<string, Type>> = {}): ComponentKind {
  return { shape: shapeOf, exports: new Map(Object.entries(exports)) };
}
