/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * FWI_FAIL(): may this point fail now? Always false, at no cost, but in builds with
 * -Dfail_sites=true (core/site_calls.h): for what runs out without a function that says so.
 */
#ifndef FWI_FAIL_H
#define FWI_FAIL_H

#ifndef FWI_FAIL
#define FWI_FAIL() 0
#endif

#endif
