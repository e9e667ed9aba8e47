// The bench of the trigger engine, compiled into these tests.
#include "tests/pipeline/trigger_bench.cpp"
