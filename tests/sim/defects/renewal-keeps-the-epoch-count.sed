# core/outbox/outbox_renew.c: the new epoch has the start count of the old one
s/^    o->memory.start_count++;$//
