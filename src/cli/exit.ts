/** What the shell gets to know. */
export const exitCode = { fine: 0, not: 1, wrongUsage: 2 } as const;

/** The answer is no; everything there is to say has been printed. */
export class NotFine extends Error {}

/** The command was called in a way that cannot work. */
export class WrongUsage extends Error {}
