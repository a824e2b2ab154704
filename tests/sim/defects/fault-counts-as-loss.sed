# core/outbox/outbox_keep.c: what could not be sealed is told as lost while measure has it
s/^        if (o->ports.run == 0) {/        if (o->ports.run != 1) {/
