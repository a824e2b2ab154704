# core/outbox/outbox_keep.c: overwritten batches are not counted
/^static void losing(/,/^}/s/^    outbox_count_lost(o, readings);$//
