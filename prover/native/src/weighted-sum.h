// Sums of buckets by their weight.
#pragma once
#include "row-adder.h"

namespace zkserve {

/** Σ (b + 1)·sums[b], over buckets in rows of lanes. */
template <class C, class L>
class WeightedSummer {
  using Lanes = typename C::Lanes;
  using Scalar = typename C::Scalar;
  using Row = typename RowAdder<C, L>::Row;
  using Mask = typename L::Mask;
  static constexpr size_t stride = 2 * C::words;
  std::vector<Row> rows_;
  std::vector<typename RowAdder<C, L>::Pair> pairs_;
  RowAdder<C, L> adder_;

  template <class F>
  static Projective<F> add(const Projective<F>& p, const Projective<F>& q) {
    return addComplete(p, q, [](const auto& x) { return C::timesB3(x); });
  }
  static Projective<Lanes> projective(const Row& row) {
    const auto empty = (Mask)(row.x.isZero() & row.y.isZero());
    return {row.x, C::select(empty, row.y, Lanes::one()), C::select(empty, Lanes::one(), Lanes::zero())};
  }

  /** Adds rows first + k·step, k < count, up in place, for `sums` values of first, `apart` from each other. */
  void addPairs(size_t first, size_t sums, size_t apart, size_t count, size_t step, size_t distance) {
    for (size_t i = 0; i < sums; i++) {
      for (size_t k = 0; k + distance < count; k += 2 * distance) {
        const size_t left = first + i * apart + k * step;
        pairs_.push_back({(uint32_t)left, (uint32_t)(left + distance * step), 0});
      }
    }
  }

  static std::vector<Projective<Scalar>> unpack(const Projective<Lanes>& lanes) {
    uint64_t packed[3][L::width * C::words];
    const Lanes* parts[3] = {&lanes.x, &lanes.y, &lanes.z};
    for (int i = 0; i < 3; i++) C::scatter(*parts[i], packed[i], L::consecutive(0, C::words), (Mask)-1);
    std::vector<Projective<Scalar>> points;
    for (int lane = 0; lane < L::width; lane++) {
      const size_t at = lane * C::words;
      points.push_back({C::unpack(packed[0] + at), C::unpack(packed[1] + at), C::unpack(packed[2] + at)});
    }
    return points;
  }

 public:
  /**
   * A sum for each of some windows, whose number divides that of the lanes.
   * @param sums by window and bucket; (0, 0) where one is empty
   * @param buckets a power of two; with the windows at least as many as lanes
   */
  void run(const uint64_t* sums, size_t buckets, size_t windows, Projective<Scalar>* to) {
    // Lane l holds the buckets from l·length on, as a matrix of `height` rows by `width` columns.
    const size_t length = buckets * windows / L::width;
    size_t width = 1;
    while (width * width < length) width *= 2;
    const size_t height = length / width;
    rows_.resize(2 * length);
    for (size_t row = 0; row < length; row++) {
      uint32_t records[L::width];
      for (int lane = 0; lane < L::width; lane++) records[lane] = (uint32_t)(lane * length + row);
      C::gatherPoints(sums, records, rows_[row].x, rows_[row].y);
      rows_[length + row] = rows_[row];
    }
    // Column c of one copy is summed into row c, row r of the other into row length + r·width.
    adder_.expectNeutral(true);
    for (size_t distance = 1; distance < width; distance *= 2) {
      pairs_.clear();
      addPairs(0, width, 1, height, width, distance);
      addPairs(length, height, width, width, 1, distance);
      adder_.run(rows_.data(), pairs_);
    }
    // Σ (c + 1)·column and Σ r·row by running sums.
    using Sum = Projective<Lanes>;
    Sum column = Sum::zero(), columns = column, row = column, all = column;
    for (size_t step = width; step-- > 0;) {
      column = add(column, projective(rows_[step]));
      columns = add(columns, column);
      if (step == 0 || step >= height) continue;
      row = add(row, projective(rows_[length + step * width]));
      all = add(all, row);
    }
    for (size_t bit = 1; bit < width; bit *= 2) all = add(all, all);
    all = add(all, columns);
    // Lane l of a window lacks l·length times all its buckets, which are the sum of its columns.
    const auto totals = unpack(all), plain = unpack(column);
    const size_t lanes = L::width / windows;
    for (size_t window = 0; window < windows; window++) {
      auto sum = Projective<Scalar>::zero(), suffix = sum, weighted = sum;
      for (size_t lane = lanes; lane-- > 1;) {
        suffix = add(suffix, plain[window * lanes + lane]);
        weighted = add(weighted, suffix);
      }
      for (size_t bit = 1; lanes > 1 && bit < length; bit *= 2) weighted = add(weighted, weighted);
      for (size_t lane = 0; lane < lanes; lane++) sum = add(sum, totals[window * lanes + lane]);
      to[window] = add(sum, weighted);
    }
  }
};

}  // namespace zkserve
