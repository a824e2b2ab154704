# tests/sim/store.c: the store knows a batch by device and sequence alone
s/^    memcpy(&h, is->epoch.b, sizeof h);$/    h = 5;/
s/^        && memcmp(&row->is.epoch, &is->epoch, sizeof is->epoch) == 0;$/        ;/
