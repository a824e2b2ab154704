# core/outbox/outbox_keep.c: batches do not say which set is in force
s/b->pins_version = o->pins_version;/b->pins_version = 0;/
