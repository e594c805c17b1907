import { quote } from '../alloy/index.ts';

/** A text as an OTTL literal. OTTL reads strings as Go does, so nothing in the text can end the literal early. */
export function literal(text: string): string {
  return quote(text);
}

/** Whose attributes or fields a statement looks at; always named, since what a bare path means is deprecated. */
export type Context = 'resource' | 'scope' | 'span' | 'spanevent' | 'datapoint' | 'log';

/** `span.attributes["http.route"]` */
export function attributeOf(context: Context, key: string): string {
  return `${context}.attributes[${literal(key)}]`;
}

/** A condition on the resource a span, metric or log record belongs to. */
export function resourceIs(key: string, value: string): string {
  return `${attributeOf('resource', key)} == ${literal(value)}`;
}

/** `set(target, value) where condition` */
export function set(target: string, value: string, condition?: string): string {
  return condition === undefined ? `set(${target}, ${value})` : `set(${target}, ${value}) where ${condition}`;
}

export function anyOf(conditions: readonly string[]): string {
  return conditions.length === 1 ? (conditions[0] as string) : `(${conditions.join(' or ')})`;
}

const integer = /^-?(?:0|[1-9]\d{0,14})$/;
const decimal = /^-?(?:0|[1-9]\d{0,11})\.\d{1,6}$/;

/**
 * An attribute equals a text a user wrote. Attributes are typed and OTTL never converts: `500` has to be asked for as
 * the text and as the number.
 */
export function equals(attribute: string, value: string): string {
  const asText = `${attribute} == ${literal(value)}`;
  const typed = integer.test(value) || decimal.test(value) || value === 'true' || value === 'false';
  return typed ? `(${asText} or ${attribute} == ${value})` : asText;
}
