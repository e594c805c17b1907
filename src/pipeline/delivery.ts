import { block, type Block, type Expression } from '../alloy/index.ts';

/** Tries again for as long as the queue has room. The default waits up to 30 s between tries, which drains slowly. */
export function retry(name = 'retry_on_failure'): Block {
  return block(name, { initial_interval: '1s', max_interval: '5s', max_elapsed_time: '0s' });
}

/** An export queue bounded by bytes: requests vary too much in size to count them. */
export function queue(bytes: number, storage?: Expression, name = 'sending_queue'): Block {
  return block(name, { queue_size: bytes, sizer: 'bytes', storage });
}
