import { expect, test } from '@jest/globals';
import { parseInterfaces6, parseLocalRoutes } from './host-addresses.ts';
import { parseTcpTable } from './sockets.ts';

test('listening and established sockets are read from tcp and tcp6 tables, others not', () => {
  const table = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 23456 1 0000000000000000 100 0 0 10 0
   1: 0100007F:C350 0100007F:10DE 01 00000000:00000000 00:00000000 00000000  1000        0 34567 1 0000000000000000 20 4 30 10 -1
   2: 0100007F:C351 0100007F:10DE 06 00000000:00000000 03:00000F7E 00000000     0        0 0 3 0000000000000000
   3: 00000000000000000000000001000000:0050 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 45678 1 0000000000000000 100 0 0 10 0
`;
  expect(parseTcpTable(table)).toEqual([
    { inode: 23456, listening: true, localPort: 8080, remotePort: 0 },
    { inode: 34567, listening: false, localPort: 50_000, remotePort: 4318 },
    { inode: 45678, listening: true, localPort: 80, remotePort: 0 },
  ]);
});

test("the host's own addresses are read from the routing trie", () => {
  const trie = `Main:
  +-- 0.0.0.0/0 3 0 5
     |-- 0.0.0.0
        /0 universe UNICAST
     +-- 10.244.0.0/24 2 0 2
        |-- 10.244.0.0
           /24 link UNICAST
        |-- 10.244.0.1
           /32 host LOCAL
        |-- 10.244.0.255
           /32 link BROADCAST
     |-- 172.31.255.1
        /32 host LOCAL
`;
  expect(parseLocalRoutes(trie)).toEqual(['10.244.0.1', '172.31.255.1']);
  expect(parseInterfaces6('fe800000000000000000000000000001 02 40 20 80     eth0\n\nx')).toEqual(['fe80::1']);
});
