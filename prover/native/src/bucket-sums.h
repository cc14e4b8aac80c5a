// Sums of points by bucket: trees of pairwise additions, a bucket a lane.
#pragma once
#include <cstring>
#include <vector>

#include "row-adder.h"
#include "scalars.h"

namespace zkserve {

/**
 * Lists of up to `longest` points each are summed side by side, one a lane, those of like length together. Only points
 * themselves are gathered: sums stay in lanes, where they were made, until a list is done.
 */
template <class C, class L>
class BucketSummer {
  using Row = typename RowAdder<C, L>::Row;
  using Mask = typename L::Mask;
  static constexpr size_t stride = 2 * C::words;
  static constexpr uint32_t longest = 64;
  // Rows that are summed together: they and what the additions keep beside them stay in the second-level cache.
  static constexpr size_t blockRows = (640 << 10) / sizeof(Row);
  static constexpr size_t ahead = 4;

  struct List {
    uint32_t start, length, target;
  };
  /** Lists in lanes: list l of the group has its k-th point in row first + k, lane l. */
  struct Group {
    uint32_t first;
    const List* lists;
  };
  RowAdder<C, L> adder_;
  std::vector<typename RowAdder<C, L>::Pair> pairs_;
  // Entries and sums may tell secrets.
  WipedVector<Row> rows_;
  WipedVector<Entry> rowEntries_, entries_;
  std::vector<List> lists_, ordered_;
  std::vector<Group> groups_;
  std::vector<uint32_t> offsets_, listOffsets_;
  PointArray<C> partial_[2];

 public:
  /**
   * Sums of the points of each bucket: those of bucket b are entriesOfPoints[offsets[b] … offsets[b+1]).
   * @param sums room for one point a bucket; (0, 0) where it is empty
   */
  template <class Entries>
  void run(const uint64_t* points, const Entries& entriesOfPoints, const std::vector<uint32_t>& offsets, uint64_t* sums) {
    const size_t buckets = offsets.size() - 1;
    std::memset(sums, 0, buckets * stride * 8);
    const Entry* entries = entriesOfPoints.data();
    offsets_ = offsets;
    adder_.expectNeutral(false);
    for (int round = 0;; round ^= 1) {
      const bool isLast = divide();
      if (isLast) {
        addLists(points, entries, sums);
        return;
      }
      // Sums of the parts of long buckets are what the next round adds.
      const uint32_t count = listOffsets_[buckets];
      partial_[round].reserve(count);
      addLists(points, entries, partial_[round].data());
      points = partial_[round].data();
      entries_.resize(count);
      for (uint32_t i = 0; i < count; i++) entries_[i] = i;
      entries = entries_.data();
      offsets_.swap(listOffsets_);
    }
  }

 private:
  /** Makes lists of all buckets, the longest first. True if there is one a bucket: then targets are buckets. */
  bool divide() {
    const size_t buckets = offsets_.size() - 1;
    bool isLast = true;
    for (size_t b = 0; b < buckets; b++) isLast &= offsets_[b + 1] - offsets_[b] <= longest;
    lists_.clear();
    listOffsets_.assign(buckets + 1, 0);
    uint32_t places[longest + 1] = {};
    for (size_t b = 0; b < buckets; b++) {
      const uint32_t count = offsets_[b + 1] - offsets_[b], parts = (count + longest - 1) / longest;
      for (uint32_t part = 0; part < parts; part++) {
        const uint32_t from = (uint32_t)((uint64_t)count * part / parts), to = (uint32_t)((uint64_t)count * (part + 1) / parts);
        lists_.push_back({offsets_[b] + from, to - from, isLast ? (uint32_t)b : listOffsets_[b] + part});
        places[longest - (to - from)]++;
      }
      listOffsets_[b + 1] = listOffsets_[b] + parts;
    }
    uint32_t sum = 0;
    for (auto& place : places) {
      const uint32_t count = place;
      place = sum;
      sum += count;
    }
    ordered_.resize(lists_.size());
    for (const List& list : lists_) ordered_[places[longest - list.length]++] = list;
    return isLast;
  }

  void addLists(const uint64_t* points, const Entry* entries, uint64_t* to) {
    // Lanes without a list repeat the last one; nobody reads them.
    while (!ordered_.empty() && ordered_.size() % L::width != 0) ordered_.push_back({ordered_.back().start, 0, 0});
    groups_.clear();
    uint32_t rows = 0;
    for (size_t first = 0; first < ordered_.size(); first += L::width) {
      const List* lists = &ordered_[first];
      if (rows + lists[0].length > blockRows) {
        addBlock(points, entries, to, rows);
        rows = 0;
      }
      groups_.push_back({rows, lists});
      rows += lists[0].length;
    }
    addBlock(points, entries, to, rows);
  }

  /** Sums the lists of the groups, which have so many rows together. */
  void addBlock(const uint64_t* points, const Entry* entries, uint64_t* to, uint32_t rows) {
    if (groups_.empty()) return;
    rowEntries_.resize((rows + ahead) * L::width);
    for (const auto& [first, lists] : groups_) {
      for (int lane = 0; lane < L::width; lane++) {
        const Entry* from = entries + lists[lane].start;
        Entry* to = &rowEntries_[first * L::width + lane];
        for (uint32_t k = 0; k < lists[0].length; k++) to[k * L::width] = from[k < lists[lane].length ? k : 0];
      }
    }
    for (size_t i = 0; i < ahead * L::width; i++) rowEntries_[rows * L::width + i] = rowEntries_[i % (rows * L::width)];
    if (rows_.size() < rows) rows_.resize(std::max<size_t>(rows, blockRows));
    const auto load = [&](uint32_t row) { loadRow(points, &rowEntries_[row * L::width], rows_[row]); };
    for (uint32_t distance = 1;; distance *= 2) {
      pairs_.clear();
      for (const auto& [first, lists] : groups_) {
        const uint32_t longest = lists[0].length, shortest = lists[L::width - 1].length;
        if (distance == 1 && longest % 2 != 0) load(first + longest - 1);
        for (uint32_t k = 0; k + distance < longest; k += 2 * distance) {
          const uint32_t right = k + distance;
          Mask absent = 0;
          if (right >= shortest) {
            for (int lane = 0; lane < L::width; lane++) absent = (Mask)(absent | ((right >= lists[lane].length) << lane));
          }
          pairs_.push_back({first + k, first + right, absent});
        }
      }
      if (pairs_.empty()) break;
      if (distance == 1) {
        adder_.run(rows_.data(), pairs_, load);
      } else {
        adder_.run(rows_.data(), pairs_);
      }
    }
    for (const auto& [first, lists] : groups_) store(rows_[first], lists, to);
    groups_.clear();
  }

  static void loadRow(const uint64_t* points, const Entry* entries, Row& row) {
    uint32_t records[L::width];
    uint32_t signs = 0;
    for (int lane = 0; lane < L::width; lane++) {
      C::prefetch(points + (size_t)(entries[ahead * L::width + lane] & ~negated) * stride);
      records[lane] = entries[lane] & ~negated;
      signs |= (entries[lane] >> 31) << lane;
    }
    C::gatherPoints(points, records, row.x, row.y);
    if (signs) row.y = C::withSign((Mask)signs, row.y);
  }

  static void store(const Row& row, const List* lists, uint64_t* to) {
    alignas(64) uint64_t points[L::width * stride];
    uint32_t records[L::width];
    for (int lane = 0; lane < L::width; lane++) records[lane] = (uint32_t)lane;
    C::scatterPoints(points, records, row.x, row.y);
    for (int lane = 0; lane < L::width; lane++) {
      if (lists[lane].length > 0) std::memcpy(to + lists[lane].target * stride, points + lane * stride, stride * 8);
    }
  }
};

}  // namespace zkserve
