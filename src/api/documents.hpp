// Documents that start runs (rule 9): webhooks, and the files that a host watches.
#pragma once

#include "api/pipeline.hpp"

namespace weir::api {

struct DocumentReply {
  std::string pipeline;
  AccountId account;
  std::string event;    // its id
  std::string window;   // the key that it is for; "run-17" of the grain run
  std::string ignored;  // why it starts nothing; empty: it starts a run, now or when its turn comes
};
BOOST_DESCRIBE_STRUCT(DocumentReply, (), (pipeline, account, event, window, ignored))

// A document for a pipeline with `trigger.webhook`. Over HTTP its body is the document alone, and the rest comes from
// headers (edge/webhook.hpp). The same event again changes nothing and is answered alike.
struct PutDocument {
  using Reply = DocumentReply;
  std::string pipeline;
  std::optional<std::string> account;
  std::string event;            // at most limits::kEventIdBytes; the file's `id:` wins; empty: an event of its own
  std::optional<Instant> time;  // the event's own; absent: now
  JsonText document;            // at most limits::kPayloadBytes
};
BOOST_DESCRIBE_STRUCT(PutDocument, (), (pipeline, account, event, time, document))

// What a receiver of webhooks has to know before it lets a document in. Internal.
struct WebhookInfo {
  AccountId account;
  std::string secret;  // its name; empty: no signature is demanded
};
BOOST_DESCRIBE_STRUCT(WebhookInfo, (), (account, secret))
struct DescribeWebhook {
  using Reply = WebhookInfo;
  std::string pipeline;
  std::optional<std::string> account;
};
BOOST_DESCRIBE_STRUCT(DescribeWebhook, (), (pipeline, account))
// A document that could not be let in, to be counted and shown. Internal.
struct RefuseDocument {
  using Reply = EmptyReply;
  std::string pipeline;
  std::optional<std::string> account;
  std::string why;
};
BOOST_DESCRIBE_STRUCT(RefuseDocument, (), (pipeline, account, why))

// --- files; all internal -------------------------------------------------------------------------------------------

struct WatchedFiles {
  std::int64_t pipeline = 0;
  std::string name;  // "account/name"
  std::string glob;  // an absolute path with * and ?
};
BOOST_DESCRIBE_STRUCT(WatchedFiles, (), (pipeline, name, glob))
struct ListWatchedFilesReply {
  std::vector<WatchedFiles> watches;
};
BOOST_DESCRIBE_STRUCT(ListWatchedFilesReply, (), (watches))
// The patterns of all accounts' pipelines, in force.
struct ListWatchedFiles {
  using Reply = ListWatchedFilesReply;
};
BOOST_DESCRIBE_STRUCT(ListWatchedFiles, (), ())

struct FileState {
  std::string path;
  Instant modified{};
  std::int64_t size = 0;
};
BOOST_DESCRIBE_STRUCT(FileState, (), (path, modified, size))
struct ListSeenFilesReply {
  std::vector<FileState> files;  // by path, at most 1,000
};
BOOST_DESCRIBE_STRUCT(ListSeenFilesReply, (), (files))
// The files of a pipeline that have counted and were there when last looked.
struct ListSeenFiles {
  using Reply = ListSeenFilesReply;
  std::int64_t pipeline = 0;
  std::string after;  // a path
};
BOOST_DESCRIBE_STRUCT(ListSeenFiles, (), (pipeline, after))

struct ReportFilesReply {
  int started = 0;     // of these files; they start a run, now or when their turn comes
  bool again = false;  // the pipeline takes no more now: nothing was taken, ask again later
};
BOOST_DESCRIBE_STRUCT(ReportFilesReply, (), (started, again))
// Files that have appeared, have changed, or have gone. The same file again changes nothing.
struct ReportFiles {
  using Reply = ReportFilesReply;
  std::int64_t pipeline = 0;
  std::vector<FileState> files;  // at most limits::kFilesReported, with `gone`
  std::vector<std::string> gone;
  std::string problem;  // of the watch; empty: all is well
};
BOOST_DESCRIBE_STRUCT(ReportFiles, (), (pipeline, files, gone, problem))

}  // namespace weir::api
