#include "edge/rest_map.hpp"

#include <gtest/gtest.h>

#include "api/pipeline.hpp"
#include "json/described.hpp"

namespace weir::edge {
namespace {

// Every operation of the table: what the client writes, the server reads as the same request.
TEST(RestMap, reads_what_it_writes_for_every_operation) {
  for (const auto& operation : api::operations()) {
    if (operation.method.empty()) continue;
    const auto& type = operation.request();
    auto request = type.make();
    for (const auto& field : type.fields) {
      const auto& t = *field.type();
      if (t.kind == Kind::Text) t.set_text(field.edit(request.get()), "a /&?%+ü");
      if (t.kind == Kind::Json) t.set_text(field.edit(request.get()), R"({"a":[1.0]})");
      if (t.kind == Kind::Int) t.set_int(field.edit(request.get()), 17);
      if (t.kind == Kind::Optional && t.element()->kind == Kind::Text)
        t.element()->set_text(t.emplace(field.edit(request.get())), "x=y");
    }
    const auto call = write_request(operation, request.get());
    ASSERT_TRUE(call.has_value()) << call.error().message;
    const auto question = call->target.find('?');
    const auto segments = path_segments(call->target.substr(0, question)).value();
    const auto query = parse_query(question == std::string::npos ? "" : call->target.substr(question + 1)).value();
    std::map<std::string_view, std::string> path;
    const auto parts = path_parts(operation.path);
    ASSERT_EQ(parts.size(), segments.size());
    for (std::size_t i = 0; i < parts.size(); ++i)
      if (parts[i].is_field) path[parts[i].text] = segments[i];
    const auto read = read_request(operation, path, query, call->body);
    ASSERT_TRUE(read.has_value()) << operation.name << ": " << read.error().message;
    EXPECT_EQ(json::print_described(type, read->object.get()), json::print_described(type, request.get()));
  }
}

TEST(RestMap, refuses_a_field_that_stands_in_the_path_and_in_the_body) {
  const auto& operation = *api::operation_of(type_of<api::StartRun>());
  const auto read = read_request(operation, {{"pipeline", "a"}}, {}, R"({"pipeline":"b"})");
  ASSERT_FALSE(read.has_value());
  EXPECT_NE(read.error().message.find("'pipeline' is given in the path"), std::string::npos);
}

TEST(RestMap, takes_the_whole_body_of_documents_of_other_systems) {
  const auto& operation = *api::operation_of(type_of<api::LineageEvent>());
  const auto read = read_request(operation, {}, {}, R"({"eventType":"START","event":1})");
  ASSERT_TRUE(read.has_value()) << read.error().message;
  EXPECT_EQ(read->as<api::LineageEvent>()->event.text, R"({"eventType":"START","event":1})");
}

TEST(RestMap, reads_numbers_texts_and_flags_of_a_query) {
  const auto& operation = *api::operation_of(type_of<api::ListRuns>());
  const auto read = read_request(operation, {}, parse_query("all&before=12&status=FAILED").value(), "");
  ASSERT_TRUE(read.has_value()) << read.error().message;
  const auto& request = *read->as<api::ListRuns>();
  EXPECT_TRUE(request.all);
  EXPECT_EQ(request.before, 12);
  EXPECT_EQ(request.status, "FAILED");
}

}  // namespace
}  // namespace weir::edge
