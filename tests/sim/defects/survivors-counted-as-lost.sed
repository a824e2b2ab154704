# core/outbox/outbox.c: what a cut left in the journal is declared lost as well
s/w->declared + w->not_lost/w->declared/
