#include "cli/context.hpp"

#include <fmt/format.h>

#include <chrono>
#include <ostream>

#include "cli/project.hpp"
#include "json/described.hpp"
#include "json/text.hpp"

namespace weir::cli {

Look Context::look() const {
  const auto now = std::chrono::time_point_cast<Millis>(std::chrono::system_clock::now());
  return {console.width, console.color && !no_color, now};
}

int Context::fail(const api::ApiError& error) {
  using enum api::ErrorCode;
  console.err << "weir: " << error.message << "\n";
  // The first problem is the message already.
  for (const auto& problem : error.problems)
    if (problem.text() != error.message) console.err << "  " << problem.text() << "\n";
  switch (error.code) {
    case InvalidInput:
      return kBadInput;
    case NotFound:
      return kNotFound;
    case Unavailable:
    case OutcomeUnknown:
      return kUnreachable;
    case Internal:
      return kInternal;
    default:
      return kFailed;
  }
}

int Context::fail(const Problem& problem, int code) {
  console.err << "weir: " << problem.text() << "\n";
  return code;
}

int Context::fail(const std::vector<Problem>& problems) {
  for (const auto& problem : problems) console.err << problem.text() << "\n";
  if (problems.size() > 1) console.err << problems.size() << " problems\n";
  return kBadInput;
}

api::Reply<std::string> Context::account_id() {
  if (resolved_) return *resolved_;
  std::string name = account.empty() ? account_of_project(".") : account;
  if (name.empty()) name = "000000000000";
  const auto digits = [](const std::string& text) {
    return text.size() == 12 && text.find_first_not_of("0123456789") == std::string::npos;
  };
  if (!digits(name)) {
    const auto accounts = client("000000000000").call(api::ListAccounts{});
    if (!accounts) return std::unexpected(accounts.error());
    const auto lower = [](std::string text) {
      for (char& c : text) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
      return text;
    };
    std::string id;
    for (const auto& known : accounts->accounts)
      if (lower(known.alias) == lower(name)) id = known.id.str();
    if (id.empty())
      return api::refuse(api::ErrorCode::NotFound,
                         fmt::format("no account is called '{}'; see weir accounts, or make it with weir "
                                     "setup-user-account ID --alias {}",
                                     name, name));
    name = id;
  }
  resolved_ = name;
  return name;
}

edge::Client& Context::client(const std::string& account) {
  if (!client_ || client_->first != account) {
    edge::ClientOptions options;
    options.base_url = server;
    options.account = AccountId{account};
    options.who = who;
    client_.emplace(account, edge::Client(std::move(options)));
  }
  return client_->second;
}

void Context::print(const Type& type, const void* reply, const std::function<std::string()>& render) {
  if (!json) {
    console.out << render() << std::flush;
    return;
  }
  const std::string text = json::print_described(type, reply);
  const auto value = json::parse(text);
  console.out << (value ? json::print_pretty(*value) : text) << std::endl;
}

PipelineRef pipeline_ref(const std::string& text) {
  const auto slash = text.find('/');
  if (slash == std::string::npos) return {text, std::nullopt};
  return {text.substr(slash + 1), text.substr(0, slash)};
}

}  // namespace weir::cli
