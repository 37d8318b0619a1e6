/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Target versions. NTDDI_VERSION chooses which numbered function a name without
 * number stands for (fwpvi.h) and hides what is newer. Default: Windows 10 1709.
 */
#ifndef FWPDK_WDK_SDKDDKVER_H
#define FWPDK_WDK_SDKDDKVER_H

#define NTDDI_WIN6	   0x06000000
#define NTDDI_WIN6SP1	   0x06000100
#define NTDDI_VISTA	   NTDDI_WIN6
#define NTDDI_VISTASP1	   NTDDI_WIN6SP1
#define NTDDI_WS08	   NTDDI_WIN6SP1
#define NTDDI_LONGHORN	   NTDDI_VISTA
#define NTDDI_WIN7	   0x06010000
#define NTDDI_WIN8	   0x06020000
#define NTDDI_WINBLUE	   0x06030000
#define NTDDI_WIN10	   0x0A000000
#define NTDDI_WINTHRESHOLD NTDDI_WIN10
#define NTDDI_WIN10_TH2	   0x0A000001
#define NTDDI_WIN10_RS1	   0x0A000002
#define NTDDI_WIN10_RS2	   0x0A000003
#define NTDDI_WIN10_RS3	   0x0A000004
#define NTDDI_WIN10_RS4	   0x0A000005
#define NTDDI_WIN10_RS5	   0x0A000006
#define NTDDI_WIN10_19H1   0x0A000007
#define NTDDI_WIN10_VB	   0x0A000008
#define NTDDI_WIN10_MN	   0x0A000009
#define NTDDI_WIN10_FE	   0x0A00000A
#define NTDDI_WIN10_CO	   0x0A00000B
#define NTDDI_WIN10_NI	   0x0A00000C

#ifndef NTDDI_VERSION
#define NTDDI_VERSION NTDDI_WIN10_RS3
#endif

#endif
