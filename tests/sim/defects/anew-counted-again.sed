# core/outbox/outbox_foreign.c: what is not marked yet is counted as lost at each start
s/m->has_device ? !same_device(&m->device, &o->kid.device) : w->foreign > 0/w->foreign > 0/
s/ *&& (!m->has_device || same_device(&who, &m->device));/ \&\& m != NULL;/
