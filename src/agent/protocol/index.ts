export { HttpReader, type HttpEvent, type HttpHead } from './http.ts';
export { foldTarget, routeHashOf } from './route-hash.ts';
