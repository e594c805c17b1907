import http from 'node:http';

const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });

/** Places the orders `from` to `to`, one after another on one connection; how many were answered with each status. */
export async function placeOrders(url: string, from: number, to: number): Promise<Readonly<Record<number, number>>> {
  const answers: Record<number, number> = {};
  for (let order = from; order <= to; order++) {
    const status = await get(`${url}/orders/${order}`);
    answers[status] = (answers[status] ?? 0) + 1;
  }
  return answers;
}

/** Sends a GET and reads the answer to its end; rejects on network errors. */
export function get(url: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const request = http.get(url, { agent }, (response) => {
      response.resume();
      response.on('end', () => resolve(response.statusCode ?? 0));
    });
    request.on('error', reject);
  });
}
