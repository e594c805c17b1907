// Loaded into the operator before its own code: this machine has no cluster network, so what it asks of Services and pods
// goes to the stand-in backends instead. Requests to the API server are HTTPS and go where they always go.
import http from 'node:http';
import { syncBuiltinESMExports } from 'node:module';

const request = http.request;
http.request = (url, ...rest) => {
  const { hostname, pathname, search } = new URL(url);
  return request(`${process.env.OSTACK_STAND_INS}/${hostname}${pathname}${search}`, ...rest);
};
syncBuiltinESMExports();
