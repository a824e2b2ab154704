# tests/sim/life.c: after a change of keys whose folder was not synced keeper goes on with the new ones
/^static void change_keys(/,/^}/s/^        world_starts_anew(a);$/        goto on;/
/^static void change_keys(/,/^}/s/^    use_keys(a);$/on:\n    use_keys(a);/
