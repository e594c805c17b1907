/*
 * Node's own modules, loaded where they are first used: TLS and its ciphers alone are a twelfth of the start, and nothing
 * is sent before the first request is counted. An `import` of node:http would read every one of its names besides, and
 * one of them loads a WebSocket client: 12 MB.
 */

export const http = (): typeof import('node:http') => process.getBuiltinModule('node:http');
export const https = (): typeof import('node:https') => process.getBuiltinModule('node:https');
export const zlib = (): typeof import('node:zlib') => process.getBuiltinModule('node:zlib');
