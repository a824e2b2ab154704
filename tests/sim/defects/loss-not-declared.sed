# core/outbox/outbox_keep.c: overwritten batches are not counted
/^static enum status losing(/,/^}/s/^    outbox_count_lost(o, readings);$//
