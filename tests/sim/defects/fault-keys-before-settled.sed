# tests/sim/life.c: a start takes up the keys that it sees, and a cut of power takes them back later
/^bool life_settles(/,/^}/s/^    } else if (!w->healed .*$/    } else if (!cut) { return true;\n    } else if (w->healed) {/
