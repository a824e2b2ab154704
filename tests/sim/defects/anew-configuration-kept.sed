# core/outbox/outbox_foreign.c: the configuration of another identity stays in force
s/m->config = blank.config;/(void)blank.config;/
