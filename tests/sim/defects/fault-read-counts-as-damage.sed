# core/outbox/outbox_record.c: a read that fails is taken for damage
s/return s == BROKEN ? BROKEN : MALFORMED;/return MALFORMED;/
