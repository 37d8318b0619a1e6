/* SPDX-License-Identifier: BSD-3-Clause */
#include "core/log.h"

RTE_LOG_REGISTER(fwi_log_core, fwpdk.core, NOTICE)
RTE_LOG_REGISTER(fwi_log_nbl, fwpdk.nbl, NOTICE)
RTE_LOG_REGISTER(fwi_log_inject, fwpdk.inject, NOTICE)
RTE_LOG_REGISTER(fwi_log_stack, fwpdk.stack, NOTICE)
RTE_LOG_REGISTER(fwi_log_map, fwpdk.map, NOTICE)
RTE_LOG_REGISTER(fwi_log_tx, fwpdk.tx, NOTICE)
RTE_LOG_REGISTER(fwi_log_classify, fwpdk.classify, NOTICE)
RTE_LOG_REGISTER(fwi_log_netlink, fwpdk.netlink, NOTICE)
