/* On some kernels a thread may be preempted inside these programs, and the kernel leaves a program out while another thread
 * of that CPU is inside it. There they hold preemption off but for their first and last few instructions, and the data path
 * is attached twice: a run that the first copy is left out of all the same, the second one takes over. */
#pragma once
#include "kernel.h"

enum copy { COPY_ONLY, COPY_FIRST, COPY_SECOND };

const volatile u32 copy SEC(".rodata.copy"); /* set by userland before it loads */

extern void bpf_preempt_disable(void) __ksym __weak;
extern void bpf_preempt_enable(void) __ksym __weak;
extern void bpf_local_irq_save(unsigned long *flags) __ksym __weak;
extern void bpf_local_irq_restore(unsigned long *flags) __ksym __weak;

static __always_inline void preemption_off(void)
{
	bpf_preempt_disable();
}

/* A preemption that was held off would happen at once, while the program still counts as running. With interrupts off it
 * waits once more, for the kernel to leave the program. */
static __always_inline void preemption_on(void)
{
	unsigned long flags;

	bpf_local_irq_save(&flags);
	bpf_preempt_enable();
	bpf_local_irq_restore(&flags);
}

/* Does `work` without being preempted, also where these programs are. */
#define UNPREEMPTED(work)                                                                                                  \
	do {                                                                                                               \
		if (copy != COPY_ONLY)                                                                                     \
			preemption_off();                                                                                  \
		work;                                                                                                      \
		if (copy != COPY_ONLY)                                                                                     \
			preemption_on();                                                                                   \
	} while (0)
