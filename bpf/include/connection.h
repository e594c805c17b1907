/* A connection's state, from the first byte seen (or from connect) to the last. */
#pragma once
#include "exchange.h"
#include "../maps/conns.h"

#define MAPPED_PREFIX 0xffff000000000000ULL /* ::ffff:0:0 as the low half is read */

static __always_inline void endpoint_read(struct endpoint *e, u16 family, u32 v4, const struct in6_addr *v6)
{
	if (family == AF_INET6) {
		e->high = (u64)v6->in6_u.u6_addr32[1] << 32 | v6->in6_u.u6_addr32[0];
		e->low = (u64)v6->in6_u.u6_addr32[3] << 32 | v6->in6_u.u6_addr32[2];
	} else {
		e->high = 0;
		e->low = (u64)v4 << 32 | 0xffff0000u;
	}
}

static __always_inline void conn_addresses(struct conn *c, struct sock *sk)
{
	u16 family = sk->__sk_common.skc_family;

	endpoint_read(&c->local, family, sk->__sk_common.skc_rcv_saddr, &sk->__sk_common.skc_v6_rcv_saddr);
	endpoint_read(&c->remote, family, sk->__sk_common.skc_daddr, &sk->__sk_common.skc_v6_daddr);
	c->local_port = sk->__sk_common.skc_num;
	c->remote_port = __builtin_bswap16(sk->__sk_common.skc_dport);
	c->peer = mix(c->remote.high ^ mix(c->remote.low)) | 1;
	if (!bpf_map_lookup_elem(&peers, &c->peer) && bpf_map_update_elem(&peers, &c->peer, &c->remote, BPF_ANY))
		health_add(H_PEERS_FULL, 1);
}

/* Userland moves the epoch with every change of a policy, so a connection may keep its own copy. */
static __always_inline void conn_policy(struct conn *c)
{
	u32 service = c->service;
	struct policy *p = bpf_map_lookup_elem(&policies, &service);

	if (!p)
		return;
	c->keep_errors = p->keep_errors;
	c->most_of_request = p->capture_request;
	c->slower_than_ns = p->slower_than_ns;
	c->threshold = p->set ? p->threshold : BITS_56 + 1;
}

/* Gives the connection to the process that uses it now. Returns 0 if that one is not (or no longer) a target. */
static __always_inline u32 conn_owner(struct conn *c, u32 tgid, u32 epoch)
{
	struct target *t = bpf_map_lookup_elem(&targets, &tgid);

	if (!t || t->service >= MAX_SERVICES)
		return 0;
	c->tgid = tgid;
	c->epoch = epoch;
	c->service = t->service;
	c->route_hash = 0;
	conn_policy(c);
	return 1;
}

#define SOCK_DONE 1 /* bit of skc_flags: the peer's FIN came */

/* Where what was read ends. A FIN that a read met, also one with data before it, counts as one more in the sequence. */
static __always_inline u32 received_until(struct sock *sk, struct tcp_sock *tcp)
{
	u32 end = tcp->copied_seq;

	return end - (sk->__sk_common.skc_flags >> SOCK_DONE & 1 && end == tcp->rcv_nxt);
}

/* Enters a connection. The socket's own counters say whether this is its beginning. */
static __always_inline struct conn *conn_enter(struct sock *sk, u32 tgid, u32 epoch)
{
	u32 key = tgid;

	if (!bpf_map_lookup_elem(&targets, &key))
		return NULL;
	struct conn *c = bpf_sk_storage_get(&conns, sk, 0, BPF_SK_STORAGE_GET_F_CREATE);

	if (!c) {
		health_add(H_STORAGE_FULL, 1);
		return NULL;
	}
	if (c->socket)
		return c;
	health_add(H_CONNECTIONS, 1);
	c->socket = bpf_get_socket_cookie(sk);
	c->opened_ns = bpf_ktime_get_ns();
	c->capture_free = 1;
	conn_owner(c, tgid, epoch);
	return c;
}
