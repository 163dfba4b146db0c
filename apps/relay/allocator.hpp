// How jemalloc keeps this program's memory; included once in a program that links it, by its main.
// Huge pages, because the log writer's cache is large and each order meets other pages of it.
// Memory that was freed is kept for the next order: giving it back would split them, so that within
// seconds there were few (docs/decisions/0019).
#pragma once

extern "C" {
// jemalloc looks for this name at its start.
[[gnu::used, gnu::visibility("default")]] inline const char* const malloc_conf =
    "thp:always,dirty_decay_ms:-1,muzzy_decay_ms:-1";
}
