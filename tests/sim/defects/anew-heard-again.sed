# core/outbox/outbox_foreign.c: losses that the store has heard of are declared again by a new identity
s/w->declared = most(.*);/w->declared = 0;/
