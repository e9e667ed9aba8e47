// The reference model, compiled into these tests.
#include "tests/model/audit.cpp"
#include "tests/model/facts.cpp"
#include "tests/model/random_history.cpp"
#include "tests/model/reference.cpp"
#include "tests/model/vocabulary.cpp"
