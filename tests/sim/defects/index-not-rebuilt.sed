# core/outbox/outbox.c: a start does not look into the journal
s/^        TRY(walk_ring(o, ring, &w));$/        if (ring > 7) TRY(walk_ring(o, ring, \&w));/
