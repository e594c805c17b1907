/* conns: the state of every selected connection, in the socket's storage: no key to get wrong, no eviction, gone with the
 * socket. */
#pragma once
#include "../include/conn.h"

struct {
	__uint(type, BPF_MAP_TYPE_SK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, struct conn);
} conns SEC(".maps");
