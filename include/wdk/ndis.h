/* SPDX-License-Identifier: BSD-3-Clause */
/** @file The packet objects of NDIS and their functions; pulls in the pieces below ndis/. */
#ifndef FWPDK_WDK_NDIS_H
#define FWPDK_WDK_NDIS_H

#include <wdm.h>

#include <ndis/types.h>
#include <ndis/objectheader.h>
#include <ndis/nblinfo.h>
#include <ndis/nbl.h>
#include <ndis/nblaccessors.h>
#include <ndis/nblchecksum.h>
#include <ndis/nblsegment.h>
#include <ndis/nbl8021q.h>
#include <ndis/nblhash.h>
#include <ndis/nblpool.h>
#include <ndis/nblapi.h>
#include <ndis/nbapi.h>
#include <ndis/mdlapi.h>

#endif
