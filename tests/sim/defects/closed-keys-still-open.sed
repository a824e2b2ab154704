# tests/sim/store.c: batches under keys that are closed are stored while their epoch's key is at hand
s/^    if (e.kid.generation < s->now\[device\].generation || s->ended\[device\])$/    if (s->ended[device])/
