/* kept: exchanges that become spans. control: process, route, close and mode events; it never competes with kept.
 * slow: bytes of connections that outgrew the kernel's model. Userland sets the sizes. */
#pragma once

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4 << 20);
} kept SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 256 << 10);
} control SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 2 << 20);
} slow SEC(".maps");

/* Nobody is woken: userland comes by on its own clock, so a busy ring costs no wakeups. */
#define ring_output(ring, data, size, lost)                                                                                \
	do {                                                                                                               \
		if (bpf_ringbuf_output(ring, data, size, BPF_RB_NO_WAKEUP))                                                \
			health_add(lost, 1);                                                                               \
	} while (0)
