/** Options of Ajv without its own checks of a schema, which a test does once: compiling takes a third of the time. */
export const lean = { strict: false, meta: false, validateSchema: false, code: { optimize: false } };
