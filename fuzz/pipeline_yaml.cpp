// pipeline.yaml and weir.yaml: any text is a spec or a list of problems; a spec can be synthesised.
#include "pipeline/spec_parse.hpp"
#include "pipeline/synth.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto spec = weir::pipeline::parse_pipeline(text, "pipeline.yaml");
  if (spec) (void)weir::pipeline::synthesise(*spec);
  (void)weir::pipeline::parse_project(text, "weir.yaml");
  return 0;
}
