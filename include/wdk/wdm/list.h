/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Doubly linked lists over LIST_ENTRY. Not synchronised: the caller locks. Entries
 * belong to the caller throughout.
 */
#ifndef FWPDK_WDK_WDM_LIST_H
#define FWPDK_WDK_WDM_LIST_H

#include <ntdef.h>

/** Makes @p head an empty list. */
FWPDK_INLINE void
InitializeListHead(PLIST_ENTRY head)
{
	head->Flink = head->Blink = head;
}

/** TRUE when @p head has no entry. */
FWPDK_INLINE BOOLEAN
IsListEmpty(const LIST_ENTRY *head)
{
	return (BOOLEAN)(head->Flink == head);
}

/** Links @p entry as the last of @p head. */
FWPDK_INLINE void
InsertTailList(PLIST_ENTRY head, PLIST_ENTRY entry)
{
	PLIST_ENTRY last = head->Blink;

	entry->Flink = head;
	entry->Blink = last;
	last->Flink = entry;
	head->Blink = entry;
}

/** Links @p entry as the first of @p head. */
FWPDK_INLINE void
InsertHeadList(PLIST_ENTRY head, PLIST_ENTRY entry)
{
	PLIST_ENTRY first = head->Flink;

	entry->Flink = first;
	entry->Blink = head;
	first->Blink = entry;
	head->Flink = entry;
}

/** Unlinks @p entry; TRUE when its list is empty afterwards. */
FWPDK_INLINE BOOLEAN
RemoveEntryList(PLIST_ENTRY entry)
{
	PLIST_ENTRY next = entry->Flink;
	PLIST_ENTRY prev = entry->Blink;

	prev->Flink = next;
	next->Blink = prev;
	return (BOOLEAN)(next == prev);
}

/** Unlinks and returns the first entry of @p head, or @p head itself when empty. */
FWPDK_INLINE PLIST_ENTRY
RemoveHeadList(PLIST_ENTRY head)
{
	PLIST_ENTRY first = head->Flink;

	RemoveEntryList(first);
	return first;
}

/** Unlinks and returns the last entry of @p head, or @p head itself when empty. */
FWPDK_INLINE PLIST_ENTRY
RemoveTailList(PLIST_ENTRY head)
{
	PLIST_ENTRY last = head->Blink;

	RemoveEntryList(last);
	return last;
}

#endif
