/** Node's own module. An `import` of it reads every one of its names, and one of them loads a WebSocket client: 12 MB and a twentieth of the start. */
export const http: typeof import('node:http') = process.getBuiltinModule('node:http');
