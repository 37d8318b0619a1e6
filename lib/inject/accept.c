/* SPDX-License-Identifier: BSD-3-Clause */
/* Data path: the checks of an inject call, in the order doc/guide.md gives. */
#include "inject/accept.h"
#include "inject/check.h"
#include "inject/handle.h"
#include "stack/stack.h"
#include "tx/poller.h"

static NTSTATUS
refusal(const struct fwi_call *c, unsigned version)
{
	return c->req.path == FWI_PATH_FORWARD ? fwi_handle_forward_refusal(c->handle, version)
					       : fwi_handle_refusal(c->handle, version);
}

static NTSTATUS
handle_check(const struct fwi_call *c)
{
	NTSTATUS status = refusal(c, 4);

	/* the family is looked at with the packet */
	return status == STATUS_INVALID_PARAMETER ? STATUS_SUCCESS : status;
}

static bool
flags_known(const struct fwi_call *c)
{
	UINT32 known = c->req.path == FWI_PATH_SEND ? FWPS_SEND_INJECT_PRESERVE_IPID : 0;

	return (c->flags & ~known) == 0;
}

/* The interface of a receive or forward injection is one of that compartment (R68). */
static bool
interface_fits(const struct fwi_call *c)
{
	if (c->req.path == FWI_PATH_SEND)
		return true;
	if (c->req.path == FWI_PATH_FORWARD && c->family != AF_INET && c->family != AF_INET6 &&
		c->family != WFP_AF_INET6)
		return false;
	return fwi_stack_if_compartment(c->req.if_index) == c->req.compartment;
}

bool
fwi_call_fits(const struct fwi_call *c, const struct fwpdk_poller *p)
{
	return c->req.path != FWI_PATH_RECEIVE ||
	       __atomic_load_n(&p->input, __ATOMIC_ACQUIRE) != NULL;
}

/* What comes in is one packet per NBL (R35), and its slots tell what was found, not asked. */
static NTSTATUS
check_receive(const NET_BUFFER_LIST *nbl, struct fwi_ip *ip)
{
	const NET_BUFFER *nb = nbl->FirstNetBuffer;

	return nb != NULL && nb->Next == NULL && fwi_ip_parse(nb, ip) ? STATUS_SUCCESS
								      : STATUS_INVALID_PARAMETER;
}

NTSTATUS
fwi_accept_arguments(struct fwi_call *c)
{
	NTSTATUS status = handle_check(c);

	if (unlikely(status != STATUS_SUCCESS))
		return status;
	if (unlikely(c->req.complete == NULL || c->nbl == NULL))
		return STATUS_FWP_NULL_POINTER;
	if (unlikely(!flags_known(c)))
		return STATUS_FWP_INVALID_FLAGS;
	c->req.compartment = fwi_stack_compartment((uint32_t)c->compartment);
	return likely(c->req.compartment != FWI_NO_COMPARTMENT && interface_fits(c))
		       ? STATUS_SUCCESS
		       : STATUS_INVALID_PARAMETER;
}

void
fwi_accept_undo(struct fwi_call *c)
{
	while (c->n > 0)
		__atomic_store_n(&FWI_NBL_HOT(c->list[--c->n])->complete, NULL, __ATOMIC_RELAXED);
}

static NTSTATUS
accept_one(struct fwi_call *c, NET_BUFFER_LIST *nbl, bool want_hash)
{
	struct fwi_nbl_hot *hot = FWI_NBL_HOT(nbl);
	struct fwi_ip ip;
	NTSTATUS status;

	/* In flight already; also how a list that is twice in its chain or a ring is found. */
	if (unlikely(c->n == FWPDK_CHAIN_MAX ||
		     __atomic_load_n(&hot->complete, __ATOMIC_ACQUIRE) != NULL))
		return STATUS_INVALID_PARAMETER;
	status = unlikely(c->req.path == FWI_PATH_RECEIVE) ? check_receive(nbl, &ip)
							   : fwi_check_nbl(nbl, &ip);
	if (unlikely(status != STATUS_SUCCESS))
		return status;
	status = refusal(c, ip.version);
	if (unlikely(status == STATUS_SUCCESS && c->req.path == FWI_PATH_FORWARD &&
		     (ip.version == 4) != (c->family == AF_INET)))
		status = STATUS_INVALID_PARAMETER;
	if (unlikely(status != STATUS_SUCCESS))
		return status;
	if (want_hash)
		c->hash[c->n] = fwi_ip_flow_hash(nbl->FirstNetBuffer, &ip);
	c->list[c->n++] = nbl;
	__atomic_store_n(&hot->complete, (void *)c->req.complete, __ATOMIC_RELAXED);
	return STATUS_SUCCESS;
}

NTSTATUS
fwi_accept_chain(struct fwi_call *c, bool want_hash)
{
	NET_BUFFER_LIST *nbl;
	NTSTATUS status;

	c->n = 0;
	for (nbl = c->nbl; nbl != NULL; nbl = nbl->Next) {
		status = accept_one(c, nbl, want_hash);
		if (unlikely(status != STATUS_SUCCESS)) {
			fwi_accept_undo(c);
			return status;
		}
	}
	return STATUS_SUCCESS;
}
