// A house in memory on a free port, a folder to play in, and the command line to talk to it.
#pragma once

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "cli/context.hpp"
#include "cli/house.hpp"
#include "json/text.hpp"

namespace weir::cli {

class CliTest : public ::testing::Test {
 protected:
  CliTest() {
    std::string name = (std::filesystem::path(::testing::TempDir()) / "weir-cli-XXXXXX").string();
    folder_ = ::mkdtemp(name.data());
  }
  ~CliTest() override {
    house_.reset();
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }
  void open(int workers = 2) {
    HouseOptions options;
    options.data = folder_ / "data";
    options.memory = true;
    options.port = 0;
    options.workers = workers;
    options.file_poll = Millis{20};
    auto house = House::open(options);
    ASSERT_TRUE(house) << house.error().text();
    house_ = std::move(*house);
    server_ = house_->url();
  }
  // The command's exit code; what it printed is in out_ and err_.
  int weir(std::vector<std::string> arguments) {
    std::ostringstream out, err;
    std::istringstream in;
    arguments.insert(arguments.begin(), {"--server", server_});
    const int code = run(arguments, Console{out, err, in});
    out_ = out.str();
    err_ = err.str();
    return code;
  }
  json::Value json() {
    auto value = json::parse(out_);
    EXPECT_TRUE(value) << out_;
    return value ? *value : json::Value();
  }
  std::filesystem::path write(const std::string& path, const std::string& text) {
    const auto place = folder_ / path;
    std::filesystem::create_directories(place.parent_path());
    std::ofstream(place) << text;
    return place;
  }
  // A pipeline with one step, without a clock.
  std::string project(const std::string& name, const std::string& command, const std::string& more = "") {
    write(name + "/pipeline.yaml", "name: " + name + "\nwindow: day\nsince: 2026-01-01\n" + more +
                                       "steps:\n  - name: work\n    run: " + command + "\n");
    return (folder_ / name).string();
  }

  std::filesystem::path folder_;
  std::unique_ptr<House> house_;
  std::string server_ = "http://127.0.0.1:1";
  std::string out_, err_;
};

}  // namespace weir::cli
