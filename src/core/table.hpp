// Tables as the cell holds them. Rows are immutable and shared; a change puts a new row in the old one's place, so
// undo keeps the old pointer, and the batch and its committer keep the new one while the cell goes on.
//
// Only a Transaction changes tables. Services read live tables through find() and their indices.
#pragma once

#include <boost/multi_index/composite_key.hpp>
#include <boost/multi_index/mem_fun.hpp>
#include <boost/multi_index/member.hpp>
#include <boost/multi_index/ordered_index.hpp>
#include <boost/multi_index_container.hpp>

#include <cassert>
#include <memory>

#include "store/store.hpp"

namespace weir::core {

using store::Key;
using store::Row;
using store::TableInfo;

class TableBase {
 public:
  explicit TableBase(const TableInfo& info) : info_(&info) {}
  virtual ~TableBase() = default;
  TableBase(const TableBase&) = delete;
  TableBase& operator=(const TableBase&) = delete;

  const TableInfo& info() const { return *info_; }

 protected:
  friend class Transaction;
  friend class Cell;
  // What stood at a key before a change; `known` is false for a cold row that was not in memory.
  struct Before {
    Row row;
    bool known = true;
  };
  virtual Before replace(Row row) = 0;         // put
  virtual Before remove(const void* row) = 0;  // erase the row with the key of `row`
  virtual void restore(const Before& before, const Row& now) = 0;
  virtual void clear() = 0;

 private:
  const TableInfo* info_;
};

// The key extractor of an index over one field: field<&RunRow::id>. Rows are shared pointers to const, so the field is
// read as const.
template <class M>
struct member_parts;
template <class S, class V>
struct member_parts<V S::*> {
  using owner = S;
  using value = const V;
};
template <auto Member>
using field = boost::multi_index::member<typename member_parts<decltype(Member)>::owner,
                                         typename member_parts<decltype(Member)>::value, Member>;
// An index over several fields, in their order: fields<RunRow, &RunRow::pipeline, &RunRow::id>.
template <class R, auto... Members>
using fields = boost::multi_index::composite_key<R, field<Members>...>;

// The tag of the primary index: a unique ordered index over the key fields, always the first.
struct by_key {};

// A table that is in memory as a whole. `Indices` is a multi_index indexed_by<...> over R whose first index is
// ordered_unique<tag<by_key>, ...> over the key fields. No two rows may collide in a unique index.
template <class R, class Indices>
class LiveTable : public TableBase {
 public:
  using Container = boost::multi_index_container<std::shared_ptr<const R>, Indices>;
  using TableBase::TableBase;

  // nullptr when absent. The pointer is valid until the row is changed; share() keeps it.
  template <class K>
  const R* find(const K& key) const {
    const auto& index = rows_.template get<by_key>();
    const auto found = index.find(key);
    return found == index.end() ? nullptr : found->get();
  }
  template <class K>
  std::shared_ptr<const R> share(const K& key) const {
    const auto& index = rows_.template get<by_key>();
    const auto found = index.find(key);
    return found == index.end() ? nullptr : *found;
  }
  template <class Tag>
  const auto& index() const {
    return rows_.template get<Tag>();
  }
  const auto& rows() const { return rows_.template get<by_key>(); }
  std::size_t size() const { return rows_.size(); }

 protected:
  Before replace(Row row) override {
    auto typed = std::static_pointer_cast<const R>(row);
    auto& index = rows_.template get<by_key>();
    const auto found = index.find(index.key_extractor()(typed));
    if (found == index.end()) {
      [[maybe_unused]] const bool inserted = index.insert(std::move(typed)).second;
      assert(inserted && "a unique index of this table has such a row");
      return {};
    }
    Before before{*found, true};
    [[maybe_unused]] const bool replaced = index.replace(found, std::move(typed));
    assert(replaced && "a unique index of this table has such a row");
    return before;
  }
  Before remove(const void* row) override {
    const std::shared_ptr<const R> probe(std::shared_ptr<void>(), static_cast<const R*>(row));  // not owning
    auto& index = rows_.template get<by_key>();
    const auto found = index.find(index.key_extractor()(probe));
    if (found == index.end()) return {};
    Before before{*found, true};
    index.erase(found);
    return before;
  }
  void restore(const Before& before, const Row& now) override {
    if (before.row)
      replace(before.row);
    else
      remove(now.get());
  }
  void clear() override { rows_.clear(); }

 private:
  Container rows_;
};

// An append-only table: nothing of it is in memory.
template <class R>
class LogTable : public TableBase {
 public:
  using TableBase::TableBase;

 protected:
  Before replace(Row) override { return {}; }
  Before remove(const void*) override { return {}; }
  void restore(const Before&, const Row&) override {}
  void clear() override {}
};

}  // namespace weir::core
