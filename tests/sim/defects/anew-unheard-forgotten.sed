# core/outbox/outbox_foreign.c: losses that another identity declared, and nobody heard of, are forgotten
s/w->forgone += run.said - run.heard;/w->forgone += 0;/
