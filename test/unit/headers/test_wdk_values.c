/* SPDX-License-Identifier: BSD-3-Clause */
/* The numbers, layouts and macro properties the WDK-facing headers promise. */
#include <ntifs.h>
#include <ndis.h>
#include <fwpsk.h>
#include <fwpmk.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "inline_shared.h"

#define assert_off(type, field, off) assert_int_equal(offsetof(type, field), off)

static void
test_scalars(void **state)
{
	(void)state;
	assert_int_equal(sizeof(ULONG), 4);
	assert_int_equal(sizeof(LONG), 4);
	assert_int_equal(sizeof(NTSTATUS), 4);
	assert_int_equal(sizeof(USHORT), 2);
	assert_int_equal(sizeof(BOOLEAN), 1);
	assert_int_equal(sizeof(BOOL), 4);
	assert_int_equal(sizeof(ULONG_PTR), 8);
	assert_int_equal(sizeof(SIZE_T), 8);
	assert_int_equal(sizeof(HANDLE), 8);
	assert_int_equal(sizeof(GUID), 16);
	assert_int_equal(sizeof(LARGE_INTEGER), 8);
	assert_int_equal(sizeof(UNICODE_STRING), 16);
	assert_int_equal(sizeof(ADDRESS_FAMILY), 2);
	assert_int_equal(sizeof(COMPARTMENT_ID), 4);
	assert_int_equal(sizeof(IF_INDEX), 4);
	assert_int_equal(sizeof(SCOPE_ID), 4);
	assert_int_equal(sizeof(NDIS_HANDLE), 8);
	assert_int_equal(MEMORY_ALLOCATION_ALIGNMENT, 16);
	C_ASSERT(__builtin_types_compatible_p(UINT64, unsigned long long));
	C_ASSERT(__builtin_types_compatible_p(INT64, long long));
	C_ASSERT(__builtin_types_compatible_p(ULONG, unsigned int));
#ifdef DWORD
	fail_msg("DWORD must stay free");
#endif
}

static void
test_status_values(void **state)
{
	static const struct {
		NTSTATUS name;
		uint32_t value;
	} t[] = {
		{STATUS_SUCCESS, 0},
		{STATUS_PENDING, 0x103},
		{STATUS_OBJECT_NAME_EXISTS, 0x40000000},
		{STATUS_DEVICE_BUSY, 0x80000011},
		{STATUS_UNSUCCESSFUL, 0xC0000001},
		{STATUS_INVALID_HANDLE, 0xC0000008},
		{STATUS_INVALID_PARAMETER, 0xC000000D},
		{STATUS_NO_MEMORY, 0xC0000017},
		{STATUS_BUFFER_TOO_SMALL, 0xC0000023},
		{STATUS_INSUFFICIENT_RESOURCES, 0xC000009A},
		{STATUS_NOT_SUPPORTED, 0xC00000BB},
		{STATUS_CANCELLED, 0xC0000120},
		{STATUS_INVALID_DEVICE_STATE, 0xC0000184},
		{STATUS_INVALID_BUFFER_SIZE, 0xC0000206},
		{STATUS_DATA_NOT_ACCEPTED, 0xC000021B},
		{STATUS_NOT_FOUND, 0xC0000225},
		{STATUS_NETWORK_UNREACHABLE, 0xC000023C},
		{STATUS_HOST_UNREACHABLE, 0xC000023D},
		{STATUS_PROTOCOL_UNREACHABLE, 0xC000023E},
		{STATUS_REQUEST_ABORTED, 0xC0000240},
		{STATUS_HOPLIMIT_EXCEEDED, 0xC000A012},
		{STATUS_FWP_CALLOUT_NOT_FOUND, 0xC0220001},
		{STATUS_FWP_LAYER_NOT_FOUND, 0xC0220004},
		{STATUS_FWP_NOT_FOUND, 0xC0220008},
		{STATUS_FWP_ALREADY_EXISTS, 0xC0220009},
		{STATUS_FWP_IN_USE, 0xC022000A},
		{STATUS_FWP_INCOMPATIBLE_LAYER, 0xC0220014},
		{STATUS_FWP_TOO_MANY_CALLOUTS, 0xC0220018},
		{STATUS_FWP_NULL_POINTER, 0xC022001C},
		{STATUS_FWP_INVALID_FLAGS, 0xC022001E},
		{STATUS_FWP_RESERVED, 0xC0220029},
		{STATUS_FWP_INVALID_PARAMETER, 0xC0220035},
		{STATUS_FWP_TCPIP_NOT_READY, 0xC0220100},
		{STATUS_FWP_INJECT_HANDLE_CLOSING, 0xC0220101},
		{STATUS_FWP_INJECT_HANDLE_STALE, 0xC0220102},
		{STATUS_FWP_CANNOT_PEND, 0xC0220103},
		{NDIS_STATUS_SUCCESS, 0},
		{NDIS_STATUS_PENDING, 0x103},
		{NDIS_STATUS_FAILURE, 0xC0000001},
		{NDIS_STATUS_RESOURCES, 0xC000009A},
		{NDIS_STATUS_INVALID_PACKET, 0xC001000F},
		{NDIS_STATUS_RESET_IN_PROGRESS, 0xC001000D},
		{NDIS_STATUS_INVALID_LENGTH, 0xC0010014},
		{NDIS_STATUS_INVALID_DATA, 0xC0010015},
		{NDIS_STATUS_REQUEST_ABORTED, 0xC001000C},
		{NDIS_STATUS_ADAPTER_REMOVED, 0xC0010018},
		{NDIS_STATUS_SEND_ABORTED, 0xC023000C},
		{NDIS_STATUS_PAUSED, 0xC023002A},
		{NDIS_STATUS_MEDIA_DISCONNECTED, 0xC023001F},
		{NDIS_STATUS_LOW_POWER_STATE, 0xC023002F},
	};

	(void)state;
	for (size_t i = 0; i < ARRAYSIZE(t); i++)
		assert_int_equal((uint32_t)t[i].name, t[i].value);
}

static void
test_status_tests(void **state)
{
	(void)state;
	assert_true(NT_SUCCESS(STATUS_SUCCESS));
	assert_true(NT_SUCCESS(STATUS_PENDING));
	assert_true(NT_SUCCESS(STATUS_OBJECT_NAME_EXISTS)); /* "not associated", yet success */
	assert_false(NT_SUCCESS(STATUS_DEVICE_BUSY));
	assert_false(NT_SUCCESS(STATUS_UNSUCCESSFUL));
	assert_false(NT_SUCCESS(0xC0000001u));
	assert_true(NT_INFORMATION(STATUS_OBJECT_NAME_EXISTS));
	assert_false(NT_INFORMATION(STATUS_PENDING));
	assert_true(NT_WARNING(STATUS_DEVICE_BUSY));
	assert_false(NT_WARNING(STATUS_UNSUCCESSFUL));
	assert_true(NT_ERROR(STATUS_FWP_NULL_POINTER));
	assert_false(NT_ERROR(STATUS_DEVICE_BUSY));
	switch (STATUS_FWP_INVALID_FLAGS) { /* usable as a case label */
	case STATUS_FWP_INVALID_FLAGS:
		break;
	default:
		fail();
	}
}

static void
test_layout(void **state)
{
	(void)state;
	assert_off(MDL, Next, 0);
	assert_off(MDL, Size, 8);
	assert_off(MDL, MdlFlags, 10);
	assert_off(MDL, Process, 16);
	assert_off(MDL, MappedSystemVa, 24);
	assert_off(MDL, StartVa, 32);
	assert_off(MDL, ByteCount, 40);
	assert_off(MDL, ByteOffset, 44);
	assert_int_equal(sizeof(MDL), 48);

	assert_off(NET_BUFFER, Next, 0);
	assert_off(NET_BUFFER, CurrentMdl, 8);
	assert_off(NET_BUFFER, CurrentMdlOffset, 16);
	assert_off(NET_BUFFER, DataLength, 24);
	assert_off(NET_BUFFER, stDataLength, 24);
	assert_off(NET_BUFFER, MdlChain, 32);
	assert_off(NET_BUFFER, DataOffset, 20);
	assert_int_equal(sizeof(NET_BUFFER), 176);

	assert_off(NET_BUFFER_LIST, Next, 0);
	assert_off(NET_BUFFER_LIST, FirstNetBuffer, 8);
	assert_off(NET_BUFFER_LIST, FwpdkReserved, 16);
	assert_off(NET_BUFFER_LIST, Status, 48);
	assert_off(NET_BUFFER_LIST, FwpdkPending, 52);
	assert_off(NET_BUFFER_LIST, ChildRefCount, 56);
	assert_off(NET_BUFFER_LIST, NblFlags, 60);
	assert_off(NET_BUFFER_LIST, ParentNetBufferList, 64);
	assert_off(NET_BUFFER_LIST, NetBufferListInfo, 72);
	assert_int_equal(RTL_FIELD_SIZE(NET_BUFFER_LIST, NetBufferListInfo), 27 * 8);
	assert_int_equal(offsetof(NET_BUFFER_LIST, ProtocolReserved) % 16, 0);
	assert_int_equal(offsetof(NET_BUFFER_LIST, MiniportReserved) % 16, 0);

	assert_off(NET_BUFFER_LIST_CONTEXT, Next, 0);
	assert_off(NET_BUFFER_LIST_CONTEXT, Size, 8);
	assert_off(NET_BUFFER_LIST_CONTEXT, Offset, 10);
	assert_off(NET_BUFFER_LIST_CONTEXT, ContextData, 16);

	assert_int_equal(sizeof(NDIS_OBJECT_HEADER), 4);
	assert_int_equal(NDIS_SIZEOF_NET_BUFFER_LIST_POOL_PARAMETERS_REVISION_1, 16);
	assert_int_equal(NDIS_SIZEOF_NET_BUFFER_LIST_POOL_PARAMETERS_REVISION_2, 20);
	assert_int_equal(NDIS_SIZEOF_NET_BUFFER_POOL_PARAMETERS_REVISION_1, 12);
	assert_int_equal(NDIS_OBJECT_TYPE_DEFAULT, 0x80);

	assert_int_equal(sizeof(FWPS_INCOMING_VALUES0), 16);
	assert_int_equal(sizeof(FWPS_CLASSIFY_OUT0), 40);
	assert_off(FWPS_CLASSIFY_OUT0, rights, 24);
	assert_off(FWPS_CLASSIFY_OUT0, flags, 28);
	assert_off(FWPS_INCOMING_METADATA_VALUES0, discardMetadata, 16);
	assert_off(FWPS_INCOMING_METADATA_VALUES0, flowHandle, 32);
	assert_off(FWPS_INCOMING_METADATA_VALUES0, ipHeaderSize, 40);
	assert_off(FWPS_INCOMING_METADATA_VALUES0, compartmentId, 80);
	assert_off(FWPS_INCOMING_METADATA_VALUES0, pathMtu, 96);
	assert_off(FWPS_INCOMING_METADATA_VALUES0, packetDirection, 140);
	assert_off(FWPS_INCOMING_METADATA_VALUES0, headerIncludeHeaderLength, 152);
	assert_off(FWPS_INCOMING_METADATA_VALUES0, destinationPrefix, 156);
	assert_off(FWPS_INCOMING_METADATA_VALUES0, frameLength, 188);
	assert_off(FWPS_INCOMING_METADATA_VALUES0, parentEndpointHandle, 192);
	assert_off(FWPS_INCOMING_METADATA_VALUES0, icmpIdAndSequence, 200);
	assert_off(FWPS_INCOMING_METADATA_VALUES0, originalDestination, 208);
	assert_off(FWPS_INCOMING_METADATA_VALUES0, currentL2MetadataValues, 224);
	assert_off(FWPS_INCOMING_METADATA_VALUES0, ethernetMacHeaderSize, 232);
	assert_off(FWPS_INCOMING_METADATA_VALUES0, vSwitchSourceNicIndex, 244);
	assert_off(FWPS_INCOMING_METADATA_VALUES0, vSwitchDestinationPortId, 248);
	assert_off(FWPS_INCOMING_METADATA_VALUES0, vSwitchPacketContext, 256);
	assert_off(FWPS_INCOMING_METADATA_VALUES0, subProcessTag, 264);
	assert_int_equal(sizeof(FWPS_INCOMING_METADATA_VALUES0), 280);
}

static void
test_classify_layout(void **state)
{
	(void)state;
	assert_int_equal(sizeof(FWPS_CALLOUT0), 48);
	assert_int_equal(sizeof(FWPS_CALLOUT3), 48);
	assert_off(FWPS_CALLOUT0, flags, 16);
	assert_off(FWPS_CALLOUT1, classifyFn, 24);
	assert_int_equal(sizeof(FWPS_FILTER0), 64);
	assert_off(FWPS_FILTER0, weight, 8);
	assert_off(FWPS_FILTER0, subLayerWeight, 24);
	assert_off(FWPS_FILTER0, flags, 26);
	assert_off(FWPS_FILTER0, numFilterConditions, 28);
	assert_off(FWPS_FILTER0, filterCondition, 32);
	assert_off(FWPS_FILTER0, action, 40);
	assert_off(FWPS_FILTER0, context, 48);
	assert_off(FWPS_FILTER0, providerContext, 56);
	assert_int_equal(sizeof(FWP_CONDITION_VALUE0), 16);
	assert_int_equal(sizeof(FWP_RANGE0), 32);
	assert_int_equal(sizeof(FWPM_FILTER_CONDITION0), 40);
	assert_int_equal(sizeof(FWPM_ACTION0), 20);
	assert_int_equal(FWPS_CALLOUT_NOTIFY_ADD_FILTER_POST_COMMIT, 2);
	assert_int_equal(FWP_CALLOUT_FLAG_ALLOW_URO, 0x200);
	assert_int_equal(FWP_MATCH_NOT_EQUAL, 10);
	assert_int_equal(FWP_RANGE_TYPE, 0x102);
	assert_int_equal(NlatBroadcast, 4);
	assert_int_equal((UINT32)STATUS_FWP_CALLOUT_NOTIFICATION_FAILED, 0xC0220037);
	assert_int_equal((UINT32)STATUS_FWP_TIMEOUT, 0xC0220012);
}

static void
test_fields(void **state)
{
	(void)state;
	assert_int_equal(FWPS_FIELD_INBOUND_IPPACKET_V4_FLAGS, 6);
	assert_int_equal(FWPS_FIELD_INBOUND_IPPACKET_V6_COMPARTMENT_ID, 9);
	assert_int_equal(FWPS_FIELD_OUTBOUND_IPPACKET_V4_IP_REMOTE_ADDRESS, 2);
	assert_int_equal(FWPS_FIELD_IPFORWARD_V4_DESTINATION_INTERFACE_INDEX, 7);
	assert_int_equal(FWPS_FIELD_IPFORWARD_V6_FLAGS, 9);
	assert_int_equal(FWPS_FIELD_IPFORWARD_V4_COMPARTMENT_ID, 14);
	assert_int_equal(FWPS_FIELD_INBOUND_TRANSPORT_V4_FLAGS, 9);
	assert_int_equal(FWPS_FIELD_INBOUND_TRANSPORT_V6_ICMP_TYPE, 4);
	assert_int_equal(FWPS_FIELD_OUTBOUND_TRANSPORT_V4_IP_DESTINATION_ADDRESS_TYPE, 9);
	assert_int_equal(FWPS_FIELD_OUTBOUND_TRANSPORT_V6_FLAGS, 10);
	assert_int_equal(FWPS_FIELD_DATAGRAM_DATA_V4_DIRECTION, 9);
	assert_int_equal(FWPS_FIELD_DATAGRAM_DATA_V6_FLAGS, 10);
	assert_int_equal(FWPS_FIELD_INBOUND_MAC_FRAME_ETHERNET_ETHER_TYPE, 5);
	assert_int_equal(FWPS_FIELD_OUTBOUND_MAC_FRAME_ETHERNET_COMPARTMENT_ID, 11);
}

/* As existing code has it: included before, then once more where INITGUID is defined. */
#define INITGUID
#include <guiddef.h>
#include <fwpmk.h>

static void
test_guids(void **state)
{
	static const GUID layer = {
		0xc86fd1bf, 0x21cd, 0x497e, {0xa0, 0xbb, 0x17, 0x42, 0x5c, 0x88, 0x5c, 0x58}};

	(void)state;
	assert_true(IsEqualGUID(&FWPM_LAYER_INBOUND_IPPACKET_V4, &layer));
	assert_false(IsEqualGUID(&FWPM_LAYER_INBOUND_IPPACKET_V6, &layer));
	assert_true(IsEqualGUID(&FWPM_CONDITION_ICMP_TYPE, &FWPM_CONDITION_IP_LOCAL_PORT));
	assert_int_equal(FWPM_SUBLAYER_UNIVERSAL.Data1, 0xeebecc03);
}

static void
test_constants(void **state)
{
	(void)state;
	assert_int_equal(AF_UNSPEC, 0);
	assert_int_equal(AF_INET, 2);
	assert_int_equal(AF_INET6, 10);
	assert_int_equal(WFP_AF_INET6, 23);
	assert_int_equal(IPPROTO_UDP, 17);
	assert_int_equal(IPPROTO_ICMPV6, 58);
	assert_int_equal(FWPS_INJECTION_TYPE_STREAM, 0x1);
	assert_int_equal(FWPS_INJECTION_TYPE_TRANSPORT, 0x2);
	assert_int_equal(FWPS_INJECTION_TYPE_NETWORK, 0x4);
	assert_int_equal(FWPS_INJECTION_TYPE_FORWARD, 0x8);
	assert_int_equal(FWPS_INJECTION_TYPE_L2, 0x10);
	assert_int_equal(FWPS_INJECTION_TYPE_VSWITCH_TRANSPORT, 0x20);
	assert_int_equal(FWPS_SEND_INJECT_PRESERVE_IPID, 0x1);
	assert_int_equal(FWPS_PACKET_NOT_INJECTED, 0);
	assert_int_equal(FWPS_PACKET_INJECTED_BY_SELF, 1);
	assert_int_equal(FWPS_PACKET_INJECTED_BY_OTHER, 2);
	assert_int_equal(FWPS_PACKET_PREVIOUSLY_INJECTED_BY_SELF, 3);
	assert_int_equal(FWPS_PACKET_INJECTION_STATE_MAX, 4);
	assert_int_equal(UNSPECIFIED_COMPARTMENT_ID, 0);
	assert_int_equal(DEFAULT_COMPARTMENT_ID, 1);
	assert_int_equal(FWP_DIRECTION_OUTBOUND, 0);
	assert_int_equal(FWP_DIRECTION_INBOUND, 1);
	assert_int_equal(FWP_ACTION_BLOCK, 0x1001);
	assert_int_equal(FWP_ACTION_PERMIT, 0x1002);
	assert_int_equal(FWPS_METADATA_FIELD_COMPARTMENT_ID, 0x800);
	assert_int_equal(LowPagePriority, 0);
	assert_int_equal(NormalPagePriority, 16);
	assert_int_equal(HighPagePriority, 32);
	assert_int_equal(NonPagedPool, 0);
	assert_int_equal(NonPagedPoolNx, 512);
	assert_int_equal(POOL_FLAG_NON_PAGED, 0x40);
	assert_int_equal(MDL_MAPPED_TO_SYSTEM_VA, 0x1);
	assert_int_equal(MDL_SOURCE_IS_NONPAGED_POOL, 0x4);
	assert_int_equal(MDL_NETWORK_HEADER, 0x1000);
	assert_int_equal(NDIS_NBL_FLAGS_IS_IPV4, 0x200);
	assert_int_equal(NDIS_NBL_FLAGS_IS_IPV6, 0x400);
	assert_int_equal(NDIS_NBL_FLAGS_IS_LOOPBACK_PACKET, 0x8000);
	assert_int_equal(NDIS_PROTOCOL_ID_DEFAULT, 0);
	assert_int_equal(Ieee8021QNetBufferListInfo, 4);
	assert_int_equal(NetBufferListProtocolId, NetBufferListFrameType);
	assert_int_equal(WfpNetBufferListInfo, 10);
	assert_int_equal(UdpSegmentationOffloadInfo, 22);
	assert_int_equal(GftFlowEntryId, 25);
	assert_int_equal(MaxNetBufferListInfo, 27);
	assert_int_equal(DISPATCH_LEVEL, 2);
}

static void
test_info_bits(void **state)
{
	NDIS_TCP_IP_CHECKSUM_NET_BUFFER_LIST_INFO c = {.Value = NULL};
	NDIS_TCP_LARGE_SEND_OFFLOAD_NET_BUFFER_LIST_INFO l = {.Value = NULL};
	NDIS_UDP_SEGMENTATION_OFFLOAD_NET_BUFFER_LIST_INFO u = {.Value = NULL};
	NDIS_NET_BUFFER_LIST_8021Q_INFO q = {.Value = NULL};
	NDIS_TCP_IP_CHECKSUM_PACKET_INFO p = {.Value = 0};

	(void)state;
	assert_int_equal(sizeof(c), 8);
	assert_int_equal(sizeof(l), 8);
	assert_int_equal(sizeof(u), 8);
	assert_int_equal(sizeof(q), 8);
	assert_int_equal(sizeof(p), 4);

	c.Transmit.IsIPv4 = 1;
	c.Transmit.UdpChecksum = 1;
	c.Transmit.TcpHeaderOffset = 34;
	assert_int_equal((uintptr_t)c.Value, 0x1 | 0x8 | 34 << 16);
	c.Value = NULL;
	c.Receive.IpChecksumSucceeded = 1;
	c.Receive.IpChecksumValueInvalid = 1;
	assert_int_equal((uintptr_t)c.Value, 0x20 | 0x100);

	l.LsoV2Transmit.MSS = 1460;
	l.LsoV2Transmit.TcpHeaderOffset = 34;
	l.LsoV2Transmit.Type = NDIS_TCP_LARGE_SEND_OFFLOAD_V2_TYPE;
	l.LsoV2Transmit.IPVersion = NDIS_TCP_LARGE_SEND_OFFLOAD_IPv6;
	assert_int_equal((uintptr_t)l.Value, 1460u | 34u << 20 | 1u << 30 | 1u << 31);
	assert_int_equal(l.Transmit.Type, 1);

	u.Transmit.MSS = 1472;
	u.Transmit.IPVersion = 1;
	assert_int_equal((uintptr_t)u.Value, 1472u | 1u << 31);

	q.TagHeader.UserPriority = 5;
	q.TagHeader.VlanId = 0xABC;
	assert_int_equal((uintptr_t)q.Value, 5 | 0xABC << 4);

	p.Transmit.NdisPacketTcpChecksum = 1;
	assert_int_equal(p.Value, 4);
	p.Value = 0;
	p.Receive.NdisPacketIpChecksumSucceeded = 1;
	assert_int_equal(p.Value, 0x20);
}

static void
test_lvalues(void **state)
{
	static NET_BUFFER_LIST nbl, nbl2;
	static NET_BUFFER nb, nb2, copy;
	static MDL mdl;
	union {
		NET_BUFFER_LIST_CONTEXT c;
		UCHAR room[64];
	} ctx = {.room = {0}};

	(void)state;
	NET_BUFFER_LIST_FIRST_NB(&nbl) = &nb;
	NET_BUFFER_LIST_NEXT_NBL(&nbl) = &nbl2;
	NET_BUFFER_LIST_STATUS(&nbl) = STATUS_NOT_FOUND;
	NET_BUFFER_LIST_FLAGS(&nbl) = 3;
	NET_BUFFER_LIST_NBL_FLAGS(&nbl) = 0;
	NET_BUFFER_LIST_INFO(&nbl, TcpIpChecksumNetBufferListInfo) = &nb;
	NET_BUFFER_LIST_PROTOCOL_RESERVED(&nbl)[3] = &nb;
	NET_BUFFER_LIST_MINIPORT_RESERVED(&nbl)[1] = &nb;
	nbl.Context = &ctx.c;
	NET_BUFFER_LIST_CONTEXT_DATA_SIZE(&nbl) = 16;
	nbl.Context->Offset = 16;
	assert_ptr_equal(NET_BUFFER_LIST_CONTEXT_DATA_START(&nbl), ctx.room + 32);
	assert_ptr_equal(nbl.FirstNetBuffer, &nb);
	assert_ptr_equal(nbl.Next, &nbl2);
	assert_int_equal(nbl.Status, STATUS_NOT_FOUND);
	assert_int_equal(nbl.Flags, 3);
	assert_ptr_equal(nbl.NetBufferListInfo[0], &nb);
	assert_int_equal(ctx.c.Size, 16);

	NET_BUFFER_NEXT_NB(&nb) = &nb2;
	NET_BUFFER_FIRST_MDL(&nb) = &mdl;
	NET_BUFFER_CURRENT_MDL(&nb) = &mdl;
	NET_BUFFER_CURRENT_MDL_OFFSET(&nb) = 14;
	NET_BUFFER_DATA_OFFSET(&nb) = 14;
	NET_BUFFER_DATA_LENGTH(&nb) = 60;
	NET_BUFFER_DATA_LENGTH(&nb) += 4;
	NET_BUFFER_CHECKSUM_BIAS(&nb) = 7;
	NET_BUFFER_DATA_PHYSICAL_ADDRESS(&nb).QuadPart = 9;
	NET_BUFFER_PROTOCOL_RESERVED(&nb)[5] = &nbl;
	NET_BUFFER_MINIPORT_RESERVED(&nb)[3] = &nbl;
	NET_BUFFER_SCATTER_GATHER_LIST(&nb) = NULL;
	RtlCopyMemory(&copy, &nb, sizeof(copy)); /* one client copies it whole */
	assert_ptr_equal(copy.Next, &nb2);
	assert_ptr_equal(copy.MdlChain, &mdl);
	assert_ptr_equal(copy.CurrentMdl, &mdl);
	assert_int_equal(copy.CurrentMdlOffset, 14);
	assert_int_equal(copy.DataOffset, 14);
	assert_int_equal(copy.DataLength, 64);
	assert_int_equal(copy.stDataLength, 64);
	assert_int_equal(copy.ChecksumBias, 7);

	NdisSetNblFlag(&nbl, NDIS_NBL_FLAGS_IS_IPV4 | NDIS_NBL_FLAGS_IS_UDP);
	assert_true(NdisTestNblFlag(&nbl, NDIS_NBL_FLAGS_IS_IPV4));
	assert_true(NdisTestNblFlags(&nbl, NDIS_NBL_FLAGS_IS_IPV4 | NDIS_NBL_FLAGS_IS_UDP));
	assert_false(NdisTestNblFlags(&nbl, NDIS_NBL_FLAGS_IS_IPV4 | NDIS_NBL_FLAGS_IS_TCP));
	NdisClearNblFlag(&nbl, NDIS_NBL_FLAGS_IS_UDP);
	assert_int_equal(nbl.NblFlags, NDIS_NBL_FLAGS_IS_IPV4);
	NET_BUFFER_LIST_SET_HASH_VALUE(&nbl, 0x12345678u);
	assert_int_equal(NET_BUFFER_LIST_GET_HASH_VALUE(&nbl), 0x12345678u);
}

static void
test_mdl_inlines(void **state)
{
	static UCHAR page[8192];
	MDL mdl = {.StartVa = PAGE_ALIGN(page + 100), .ByteOffset = BYTE_OFFSET(page + 100)};
	PVOID va;
	UINT len;

	(void)state;
	mdl.ByteCount = 50;
	assert_null(MmGetSystemAddressForMdlSafe(&mdl, NormalPagePriority)); /* not built */
	assert_ptr_equal(MmGetMdlVirtualAddress(&mdl), page + 100);
	mdl.MdlFlags = MDL_SOURCE_IS_NONPAGED_POOL;
	assert_ptr_equal(MmGetSystemAddressForMdlSafe(&mdl, NormalPagePriority), page + 100);
	mdl.MappedSystemVa = page + 200;
	assert_ptr_equal(MmGetSystemAddressForMdlSafe(&mdl, HighPagePriority | MdlMappingNoExecute),
		page + 200);
	NdisQueryMdl(&mdl, &va, &len, NormalPagePriority);
	assert_ptr_equal(va, page + 200);
	assert_int_equal(len, 50);
	assert_int_equal(MmGetMdlByteCount(&mdl), 50);
	assert_int_equal(ADDRESS_AND_SIZE_TO_SPAN_PAGES((ULONG_PTR)4095, 2), 2);
}

struct item {
	int v;
	LIST_ENTRY link;
};

static void
test_lists(void **state)
{
	struct item a = {.v = 1}, b = {.v = 2}, c = {.v = 3};
	LIST_ENTRY head;

	(void)state;
	InitializeListHead(&head);
	assert_true(IsListEmpty(&head));
	InsertTailList(&head, &b.link);
	InsertTailList(&head, &c.link);
	InsertHeadList(&head, &a.link);
	assert_int_equal(CONTAINING_RECORD(head.Flink, struct item, link)->v, 1);
	assert_int_equal(CONTAINING_RECORD(head.Blink, struct item, link)->v, 3);
	assert_false(RemoveEntryList(&b.link));
	assert_ptr_equal(RemoveHeadList(&head), &a.link);
	assert_true(RemoveEntryList(&c.link));
	assert_true(IsListEmpty(&head));
	assert_ptr_equal(RemoveHeadList(&head), &head);
}

static void
test_rtl_interlocked(void **state)
{
	UCHAR x[4] = {1, 2, 3, 4}, y[4];
	LONG v = 5;
	LONG64 w = 1ll << 40;
	PVOID p = x;

	(void)state;
	RtlCopyMemory(y, x, 4);
	assert_true(RtlEqualMemory(x, y, 4));
	y[2] = 9;
	assert_int_equal(RtlCompareMemory(x, y, 4), 2);
	RtlFillMemory(y, 4, 0xAA);
	assert_int_equal(y[3], 0xAA);
	RtlZeroMemory(y, 4);
	assert_int_equal(y[0], 0);
	RtlMoveMemory(x + 1, x, 3);
	assert_int_equal(x[3], 3);
	assert_int_equal(RtlUshortByteSwap(0x1234), 0x3412);
	assert_int_equal(RtlUlongByteSwap(0x12345678u), 0x78563412u);
	assert_true(RtlUlonglongByteSwap(0x0102030405060708ull) == 0x0807060504030201ull);

	assert_int_equal(InterlockedIncrement(&v), 6);
	assert_int_equal(InterlockedDecrement(&v), 5);
	assert_int_equal(InterlockedAdd(&v, 10), 15);
	assert_int_equal(InterlockedExchangeAdd(&v, 1), 15);
	assert_int_equal(InterlockedExchange(&v, 3), 16);
	assert_int_equal(InterlockedCompareExchange(&v, 7, 2), 3);
	assert_int_equal(InterlockedCompareExchange(&v, 7, 3), 3);
	assert_int_equal(v, 7);
	assert_true(InterlockedIncrement64(&w) == (1ll << 40) + 1);
	assert_true(InterlockedCompareExchange64(&w, 0, (1ll << 40) + 1) == (1ll << 40) + 1);
	assert_true(w == 0);
	assert_ptr_equal(InterlockedExchangePointer(&p, y), x);
	assert_ptr_equal(InterlockedCompareExchangePointer(&p, x, y), y);
	assert_ptr_equal(p, x);
}

/* What client files write: function types, hostile macros, annotations. */
static KSTART_ROUTINE worker;
static NET_BUFFER_FREE_MDL free_mdl;

_Use_decl_annotations_ static VOID NTAPI
worker(_In_opt_ IN PVOID StartContext)
{
	*(int *)StartContext = min(3, max(1, 2));
}

static VOID
free_mdl(MDL *Mdl)
{
	UNREFERENCED_PARAMETER(Mdl);
}

static void
test_client_idioms(void **state)
{
	NET_BUFFER_FREE_MDL_HANDLER h = free_mdl;
	int v = 0;

	(void)state;
	worker(&v);
	assert_int_equal(v, 2);
	h(NULL);
	NT_ASSERT(v == 2);
	/* bare __inline and FORCEINLINE, from two files, at -O0 */
	assert_int_equal(inline_a(1), 4);
	assert_int_equal(inline_b(1), 4);
	assert_int_equal(bare_inline(1), 2);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_scalars),
		cmocka_unit_test(test_status_values),
		cmocka_unit_test(test_status_tests),
		cmocka_unit_test(test_layout),
		cmocka_unit_test(test_classify_layout),
		cmocka_unit_test(test_fields),
		cmocka_unit_test(test_guids),
		cmocka_unit_test(test_constants),
		cmocka_unit_test(test_info_bits),
		cmocka_unit_test(test_lvalues),
		cmocka_unit_test(test_mdl_inlines),
		cmocka_unit_test(test_lists),
		cmocka_unit_test(test_rtl_interlocked),
		cmocka_unit_test(test_client_idioms),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
