/* SPDX-License-Identifier: BSD-3-Clause */
/* What the names without a number mean, for every NTDDI_VERSION that changes it. */
#include <ntifs.h>
#include <ndis.h>
#include <fwpsk.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "alias.h"

static void
test_alias(void **state)
{
	static const struct alias *const all[] = {&alias_0x06000000, &alias_0x06000100,
		&alias_0x06010000, &alias_0x06020000, &alias_0x0A000003, &alias_0x0A000004};
	static const unsigned version[] = {NTDDI_VISTA, NTDDI_VISTASP1, NTDDI_WIN7, NTDDI_WIN8,
		NTDDI_WIN10_RS2, NTDDI_WIN10_RS3};

	(void)state;
	assert_true(NTDDI_VERSION >= NTDDI_WIN10_RS3); /* the default */
	for (size_t i = 0; i < ARRAYSIZE(all); i++) {
		const struct alias *a = all[i];
		BOOLEAN one = a->version >= NTDDI_WIN7;

		assert_int_equal(a->version, version[i]);
		assert_string_equal(a->send_params,
			one ? "FWPS_TRANSPORT_SEND_PARAMS1" : "FWPS_TRANSPORT_SEND_PARAMS0");
		assert_int_equal(a->send_params_size, one ? 48 : 32);
		assert_string_equal(
			a->callout_register, a->version >= NTDDI_WIN10_RS3 ? "FwpsCalloutRegister3"
					     : a->version >= NTDDI_WIN8	   ? "FwpsCalloutRegister2"
					     : one			   ? "FwpsCalloutRegister1"
						   : "FwpsCalloutRegister0");
		assert_string_equal(a->names[0], "FwpsInjectionHandleCreate0");
		assert_string_equal(a->names[2], "FwpsInjectNetworkSendAsync0");
		for (size_t n = 0; a->names[n] != NULL; n++)
			assert_int_equal(a->names[n][strlen(a->names[n]) - 1], '0');
	}
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {cmocka_unit_test(test_alias)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
