# core/outbox/outbox_answer.c: a configuration need not rise
s/c->version <= o->memory.config.version/false/
