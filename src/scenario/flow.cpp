#include "scenario/flow.hpp"

#include "json/text.hpp"

namespace weir::scenario {
namespace {

using pipeline::YamlNode;

void append(std::string& out, const YamlNode& node) {
  switch (node.kind) {
    case YamlNode::Kind::Null:
      out += '~';
      return;
    case YamlNode::Kind::Scalar:
      out += json::quote(node.text);
      return;
    case YamlNode::Kind::List: {
      out += '[';
      const char* between = "";
      for (const auto& item : node.items) {
        out += between;
        append(out, *item);
        between = ", ";
      }
      out += ']';
      return;
    }
    case YamlNode::Kind::Map: {
      out += '{';
      const char* between = "";
      for (const auto& [key, value] : node.entries) {
        out += between;
        out += json::quote(key.text) + ": ";
        append(out, *value);
        between = ", ";
      }
      out += '}';
      return;
    }
  }
}

}  // namespace

std::string flow_text(const YamlNode& node) {
  std::string out;
  append(out, node);
  return out;
}

}  // namespace weir::scenario
