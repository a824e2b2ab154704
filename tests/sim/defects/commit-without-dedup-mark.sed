# tests/sim/store.c: a crash forgets rows and keeps the marks of what was seen
/^void store_crash/,/^}/s/index_anew(s);/if (s->count > STORE_ROWS) index_anew(s);/
