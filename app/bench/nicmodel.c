/* SPDX-License-Identifier: BSD-3-Clause */
#include "nicmodel.h"

struct fwpdk_fault *
nicmodel_install(uint16_t port_id, fwpdk_fault_check check, void *arg)
{
	struct fwpdk_fault_opts opts = {
		.size = sizeof(opts),
		.model = FWPDK_FAULT_MODEL_NIC,
		.check = check,
		.check_arg = arg,
	};
	struct fwpdk_fault *model;

	return fwpdk_fault_install(port_id, &opts, &model) == 0 ? model : NULL;
}

void
nicmodel_flush(struct fwpdk_fault *model)
{
	fwpdk_fault_release(model, FWPDK_FAULT_ALL);
}
