/* SPDX-License-Identifier: BSD-3-Clause */
/* The layers there are, and what their fields are made of. */
#ifndef FWI_LAYERS_H
#define FWI_LAYERS_H

#include <stdbool.h>
#include <stdint.h>

#include <guiddef.h>

/* What a filter may test. */
enum fwi_field {
	FWI_F_NONE, /* callouts are shown it, filters do not test it */
	FWI_F_LOCAL,
	FWI_F_REMOTE,
	FWI_F_PROTOCOL,
	FWI_F_LOCAL_PORT,
	FWI_F_REMOTE_PORT,
	FWI_F_IF,
	FWI_F_OUT_IF,
	FWI_F_FLAGS,
	FWI_F_COMPARTMENT,
	FWI_F_DIRECTION,
	FWI_F_LOCAL_TYPE,
	FWI_F_REMOTE_TYPE,
	FWI_F_ETHER_TYPE,
	FWI_F_VLAN,
	FWI_F_IF_MAC,
	FWI_F_LOCAL_MAC,
	FWI_F_REMOTE_MAC,
	FWI_FIELDS
};

enum fwi_form { FWI_U8, FWI_U16, FWI_U32, FWI_ADDR, FWI_MAC };

/* Where a field is in struct fwi_key, and how. */
struct fwi_field_facts {
	uint8_t form;
	uint8_t offset;
};
extern const struct fwi_field_facts fwi_field_facts[FWI_FIELDS];

struct fwi_layer_field {
	const GUID *key;
	uint8_t field; /* enum fwi_field */
};

struct fwi_layer_kind {
	const GUID *key;
	const char *name;
	uint16_t id;
	uint8_t version; /* 4, 6; 0 = MAC */
	bool flows;	 /* its packets have flow handles */
	uint8_t n_fields;
	const struct fwi_layer_field *fields; /* by FWPS_FIELD_ number */
};

#define FWI_LAYER_KINDS 14u
extern const struct fwi_layer_kind fwi_layer_kinds[FWI_LAYER_KINDS];

/* NULL: none that packets pass here. */
const struct fwi_layer_kind *fwi_layer_by_key(const GUID *key);
const struct fwi_layer_kind *fwi_layer_by_id(unsigned id);
/* A layer of the documents that no packet passes here. */
bool fwi_layer_elsewhere(const GUID *key);

#endif
