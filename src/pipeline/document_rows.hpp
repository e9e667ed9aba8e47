// Rows about documents that start runs (rule 9): what came, what waits, and what is remembered so that nothing counts
// twice. trigger_documents.cpp writes them.
#pragma once

#include "base/describe.hpp"
#include "base/strong.hpp"
#include "core/table.hpp"

namespace weir::pipeline {

namespace mi = boost::multi_index;

// A document as it came; the runs that it started name it. Written once, and kept like the runs.
struct DocumentRow {
  std::int64_t id = 0;
  std::int64_t pipeline = 0;
  std::string source;  // "webhook", "file"
  std::string event;   // the event's id
  Instant time{};      // the event's own
  Instant came{};
  JsonText document;
};
BOOST_DESCRIBE_STRUCT(DocumentRow, (), (id, pipeline, source, event, time, came, document))
extern const store::TableInfo kDocumentTable;

// A document that has not started its run yet: for its condition, for room, for the end of a pause, or for its turn.
struct WaitingDocumentRow {
  std::int64_t pipeline = 0;
  std::int64_t document = 0;
  std::int64_t window = 0;  // the key; of the grain run the id that its run will have
  bool armed = false;       // the rest of the trigger holds: it waits for room or its turn only
  bool backlog = false;     // came while the pipeline was paused, or behind one that did: one at a time (maxParallel)
  Instant logical_date{};
  std::string words;  // "webhook event o-1 of 2026-01-02T03:00:00Z"
  JsonText parameters;
};
BOOST_DESCRIBE_STRUCT(WaitingDocumentRow, (),
                      (pipeline, document, window, armed, backlog, logical_date, words, parameters))
extern const store::TableInfo kWaitingDocumentTable;
struct by_turn {};
struct by_key_of_document {};
using WaitingDocumentTable = core::LiveTable<
    WaitingDocumentRow,
    mi::indexed_by<
        mi::ordered_unique<mi::tag<core::by_key>, core::fields<WaitingDocumentRow, &WaitingDocumentRow::pipeline,
                                                               &WaitingDocumentRow::document>>,
        mi::ordered_unique<mi::tag<by_turn>, core::fields<WaitingDocumentRow, &WaitingDocumentRow::pipeline,
                                                          &WaitingDocumentRow::armed, &WaitingDocumentRow::document>>,
        mi::ordered_unique<mi::tag<by_key_of_document>,
                           core::fields<WaitingDocumentRow, &WaitingDocumentRow::pipeline, &WaitingDocumentRow::window,
                                        &WaitingDocumentRow::document>>>>;

// An event that has come. The same id again changes nothing, for limits::kEventRemembered and at most
// limits::kEventsRemembered newer ones.
struct SeenEventRow {
  std::int64_t pipeline = 0;
  std::string event;
  Instant at{};
  std::string window;   // label, for the answer
  std::string ignored;  // why it started nothing; empty: it did, or will
};
BOOST_DESCRIBE_STRUCT(SeenEventRow, (), (pipeline, event, at, window, ignored))
extern const store::TableInfo kSeenEventTable;
struct by_age {};
using SeenEventTable = core::LiveTable<
    SeenEventRow,
    mi::indexed_by<mi::ordered_unique<mi::tag<core::by_key>,
                                      core::fields<SeenEventRow, &SeenEventRow::pipeline, &SeenEventRow::event>>,
                   mi::ordered_unique<mi::tag<by_age>, core::fields<SeenEventRow, &SeenEventRow::pipeline,
                                                                    &SeenEventRow::at, &SeenEventRow::event>>>>;

// A file that has counted. It counts again when it is another (size or time of change). One that has gone is
// remembered for limits::kGoneFileRemembered, so that a disk that was away for a while starts nothing.
struct SeenFileRow {
  std::int64_t pipeline = 0;
  std::string path;
  Instant modified{};
  std::int64_t size = 0;
  Instant gone{};  // 1970: it is there
};
BOOST_DESCRIBE_STRUCT(SeenFileRow, (), (pipeline, path, modified, size, gone))
extern const store::TableInfo kSeenFileTable;
struct by_gone {};
using SeenFileTable = core::LiveTable<
    SeenFileRow,
    mi::indexed_by<mi::ordered_unique<mi::tag<core::by_key>,
                                      core::fields<SeenFileRow, &SeenFileRow::pipeline, &SeenFileRow::path>>,
                   mi::ordered_unique<mi::tag<by_gone>, core::fields<SeenFileRow, &SeenFileRow::pipeline,
                                                                     &SeenFileRow::gone, &SeenFileRow::path>>>>;

// Of each pipeline that takes documents: how to read them, in force, and what came of them.
struct DocumentSourceRow {
  std::int64_t pipeline = 0;
  bool webhook = false;
  bool file = false;
  std::int64_t accepted = 0;    // started a run, or will
  std::int64_t duplicates = 0;  // came again
  std::int64_t ignored = 0;     // of a key before `since`, or of a skipped one
  std::int64_t refused = 0;     // could not be read
  std::string refusal;          // why, the last time
  Instant refused_at{};
  std::string problem;          // of the watch for files; empty: all is well
  std::int64_t remembered = 0;  // SeenEventRows
};
BOOST_DESCRIBE_STRUCT(DocumentSourceRow, (),
                      (pipeline, webhook, file, accepted, duplicates, ignored, refused, refusal, refused_at, problem,
                       remembered))
extern const store::TableInfo kDocumentSourceTable;
using DocumentSourceTable = core::LiveTable<
    DocumentSourceRow,
    mi::indexed_by<mi::ordered_unique<mi::tag<core::by_key>, core::field<&DocumentSourceRow::pipeline>>>>;

}  // namespace weir::pipeline
