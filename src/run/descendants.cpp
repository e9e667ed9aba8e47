#include "run/descendants.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <charconv>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <map>
#include <vector>

#include "run/fd.hpp"

namespace weir::run {
namespace {

struct Entry {
  pid_t pid = 0, group = 0;
  char state = 0;
};

// Every process by its parent. The name in /proc/PID/stat may hold anything, so the fields are read after the last
// closing parenthesis: state, parent, group.
std::multimap<pid_t, Entry> processes_by_parent() {
  std::multimap<pid_t, Entry> out;
  DIR* proc = ::opendir("/proc");
  if (!proc) return out;
  while (const dirent* item = ::readdir(proc)) {
    Entry entry;
    const char* name_end = item->d_name + std::strlen(item->d_name);
    if (std::from_chars(item->d_name, name_end, entry.pid).ptr != name_end || entry.pid <= 0) continue;
    char text[512], path[64];
    std::snprintf(path, sizeof path, "/proc/%d/stat", entry.pid);
    const Fd file{::open(path, O_RDONLY | O_CLOEXEC)};
    const ssize_t size = file ? ::read(file.get(), text, sizeof text - 1) : -1;
    if (size <= 0) continue;
    text[size] = '\0';
    const char* after_name = std::strrchr(text, ')');
    pid_t parent = 0;
    if (after_name && std::sscanf(after_name + 1, " %c %d %d", &entry.state, &parent, &entry.group) == 3)
      out.emplace(parent, entry);
  }
  ::closedir(proc);
  return out;
}

}  // namespace

std::size_t kill_descendants(int signal, const std::set<pid_t>& spared) {
  const auto by_parent = processes_by_parent();
  const pid_t own_group = ::getpgrp();
  std::vector<pid_t> parents{::getpid()};
  std::set<pid_t> groups;
  std::size_t found = 0;
  for (std::size_t i = 0; i < parents.size(); ++i) {
    const auto [first, last] = by_parent.equal_range(parents[i]);
    for (auto child = first; child != last; ++child) {
      const Entry& entry = child->second;
      if (i == 0 && spared.contains(entry.pid)) continue;
      parents.push_back(entry.pid);
      if (entry.state == 'Z' || entry.state == 'X') continue;
      ++found;
      if (entry.group == own_group || entry.group <= 1) {
        ::kill(entry.pid, signal);
      } else if (groups.insert(entry.group).second) {
        ::kill(-entry.group, signal);
      }
    }
  }
  // A stopped process takes SIGTERM only when it goes on.
  if (signal != SIGKILL)
    for (const pid_t group : groups) ::kill(-group, SIGCONT);
  return found;
}

void forget_child_signals(int signal_fd) {
  signalfd_siginfo info;
  while (::read(signal_fd, &info, sizeof info) > 0) {
  }
}

}  // namespace weir::run
