// Number-theoretic transforms of the scalar field over lanes.
#pragma once
#include <memory>

#include "ntt-tables.h"
#include "tasks.h"

namespace zkserve {

/**
 * Transforms of one size. A vector of N elements lies in N / width lanes: lane l of vector v is element
 * l·(N / width) + v, so that all but the first steps run alike in every lane.
 * Inverse transforms leave bit-reversed order, forward ones start from it; nothing is ever moved. As both split into
 * the same quarters, a quarter goes there and back while it lies in the cache.
 */
template <class L>
class Transform {
 public:
  using Vector = std::vector<L>;
  using Tables = TransformTables<L>;
  const size_t size, vectors;

  explicit Transform(int power) : Transform(power, nullptr) {}
  /** @param tables of this power, as Tables::write leaves them; they are made where there are none */
  Transform(int power, const uint8_t* tables)
      : size((size_t)1 << power), vectors(size / L::width), own_(tables ? nullptr : made(power)), tables_(power, tables ? tables : own_.get()) {}

  /** From values at the roots of unity to values at the odd roots of the next order, in place. */
  void toOddCoset(Vector& data) const {
    std::vector<Task> tasks;
    for (int step = 0; step < steps; step++) addTasks(step, tasks, Stage::transforms, 0, data);
    for (const Task& task : tasks) task.run();
  }
  /** The same in steps, whose tasks may run on any thread; each step begins when the one before has ended. */
  static constexpr int steps = 3;
  void addTasks(int step, std::vector<Task>& tasks, Stage stage, double cost, Vector& data) const {
    L* all = data.data();
    for (size_t part = 0; part < parts(); part++) {
      tasks.push_back({stage, cost, [this, step, all, part] {
        if (step == 1) return thereAndBack(part, all);
        const size_t blocks = (quarter() + L::width - 1) / L::width;
        for (size_t block = blocks * part / parts(); block < blocks * (part + 1) / parts(); block++) {
          const size_t v = block * L::width, count = std::min<size_t>(quarter() - v, L::width);
          if (step == 0) {
            split(all, v, count);
          } else {
            join(all, v, count);
          }
        }
      }});
    }
  }

  /** Element `i` of a vector of this size: which vector, which lane. */
  size_t vectorOf(size_t i) const { return i % vectors; }
  size_t laneOf(size_t i) const { return i / vectors; }

 private:
  using Constant = typename L::Constant;
  using Direction = typename Tables::Direction;
  struct Free {
    void operator()(uint8_t* bytes) const { std::free(bytes); }
  };
  std::unique_ptr<uint8_t, Free> own_;
  const Tables tables_;

  static uint8_t* made(int power) {
    auto* bytes = (uint8_t*)std::aligned_alloc(64, Tables::bytes(power));
    if (bytes == nullptr) throw std::bad_alloc();
    Tables::write(power, bytes);
    return bytes;
  }

  /** The first and the last step work on four quarters, unless those would not fill a transposed block. */
  size_t parts() const { return vectors >= 4 * (size_t)L::width && vectors > 4 ? 4 : 1; }
  size_t quarter() const { return vectors / parts(); }

  void thereAndBack(size_t part, L* data) const {
    const size_t skipped = parts() == 1 ? 0 : quarter() * 3;
    inside(data + quarter() * part, quarter(), tables_.in.steps + skipped, tables_.out.steps + skipped, tables_.shift + quarter() * part);
  }

  /** The steps across lanes of vectors v …, and the step that makes quarters. */
  void split(L* data, size_t v, size_t count) const {
    for (size_t part = 0; part < parts(); part++) {
      crossIn(data + quarter() * part + v, count, tables_.in.crossing + quarter() * part + v);
    }
    if (parts() == 1) return;
    const L fourth = L::broadcast(*tables_.in.fourth);
    for (size_t j = v; j < v + count; j++) down<true>(data + j, quarter(), fourth, tables_.in.steps + 3 * j);
  }
  void join(L* data, size_t v, size_t count) const {
    if (parts() > 1) {
      const L fourth = L::broadcast(*tables_.out.fourth);
      for (size_t j = v; j < v + count; j++) up<true>(data + j, quarter(), fourth, tables_.out.steps + 3 * j);
    }
    for (size_t part = 0; part < parts(); part++) {
      crossOut(data + quarter() * part + v, count, tables_.out.crossing + quarter() * part + v);
    }
  }

  void crossIn(L* data, size_t count, const L* crossing) const {
    if constexpr (L::width > 1) {
      onBlock(data, count, [&](L* block) {
        for (int half = L::width / 2; half >= 1; half /= 2) {
          for (int first = 0; first < L::width; first += 2 * half) {
            for (int k = 0; k < half; k++) {
              L &a = block[first + k], &b = block[first + k + half];
              const auto difference = a - b;
              a = a + b;
              b = difference;
              if (k > 0) b = b * L::broadcast(tables_.in.across[k * (L::width / 2 / half)]);
            }
          }
        }
        for (int p = 0; p < L::width; p++) block[p] = block[p] * crossing[p];
      });
    }
  }
  void crossOut(L* data, size_t count, const L* crossing) const {
    if constexpr (L::width > 1) {
      onBlock(data, count, [&](L* block) {
        for (int p = 0; p < L::width; p++) block[p] = block[p] * crossing[p];
        for (int half = 1; half < L::width; half *= 2) {
          for (int first = 0; first < L::width; first += 2 * half) {
            for (int k = 0; k < half; k++) {
              L &a = block[first + k], &b = block[first + k + half];
              if (k > 0) b = b * L::broadcast(tables_.out.across[k * (L::width / 2 / half)]);
              const auto difference = a - b;
              a = a + b;
              b = difference;
            }
          }
        }
      });
    }
  }
  /** Lets `work` see as many vectors as there are lanes, transposed: vector l has what was in lane l. */
  template <class Work>
  static void onBlock(L* data, size_t count, Work work) {
    L block[L::width];
    for (size_t k = 0; k < L::width; k++) block[k] = data[k < count ? k : 0];
    L::transposeLanes(block);
    work(block);
    L::transposeLanes(block);
    for (size_t k = 0; k < count; k++) data[k] = block[k];
  }

  /** From values to coefficients in reversed order, times the shift, and on to values in natural order. */
  void inside(L* data, size_t length, const Constant* in, const Constant* out, const Constant* shift) const {
    const L fourthIn = L::broadcast(*tables_.in.fourth), fourthOut = L::broadcast(*tables_.out.fourth);
    if (length > 4) {
      const size_t quarter = length / 4;
      down<false>(data, quarter, fourthIn, in);
      for (size_t j = 1; j < quarter; j++) down<true>(data + j, quarter, fourthIn, in + 3 * j);
      for (size_t part = 0; part < 4; part++) {
        inside(data + quarter * part, quarter, in + 3 * quarter, out + 3 * quarter, shift + quarter * part);
      }
      up<false>(data, quarter, fourthOut, out);
      for (size_t j = 1; j < quarter; j++) up<true>(data + j, quarter, fourthOut, out + 3 * j);
      return;
    }
    if (length == 4) down<false>(data, 1, fourthIn, in);
    if (length == 2) addSubtract(data[0], data[1]);
    for (size_t v = 0; v < length; v++) data[v] = data[v] * L::broadcast(shift[v]);
    if (length == 2) addSubtract(data[0], data[1]);
    if (length == 4) up<false>(data, 1, fourthOut, out);
  }
  static void addSubtract(L& a, L& b) {
    const L difference = a - b;
    a = a + b;
    b = difference;
  }

  /** Two steps at once on vectors q apart, with w^2j, w^j, w^3j unless they are 1. */
  template <bool hasFactors>
  static void down(L* data, size_t q, const L& fourth, const Constant* factors) {
    const L &a0 = data[0], &a1 = data[q], &a2 = data[2 * q], &a3 = data[3 * q];
    const auto even = a0 + a2, odd = a1 + a3, difference = a0 - a2;
    const auto turned = (a1 - a3) * fourth;
    const L y0 = even + odd;
    if constexpr (hasFactors) {
      const L y1 = (even - odd) * L::broadcast(factors[0]);
      const L y2 = (difference + turned) * L::broadcast(factors[1]);
      data[3 * q] = (difference - turned) * L::broadcast(factors[2]);
      data[q] = y1;
      data[2 * q] = y2;
    } else {
      const L y1 = even - odd, y2 = difference + turned;
      data[3 * q] = difference - turned;
      data[q] = y1;
      data[2 * q] = y2;
    }
    data[0] = y0;
  }
  template <bool hasFactors>
  static void up(L* data, size_t q, const L& fourth, const Constant* factors) {
    const auto combine = [&](const L& a0, const auto& a1, const auto& a2, const auto& a3) {
      const auto even = a0 + a1, difference = a0 - a1, odd = a2 + a3;
      const auto turned = (a2 - a3) * fourth;
      const L y0 = even + odd, y1 = difference + turned, y2 = even - odd, y3 = difference - turned;
      data[0] = y0;
      data[q] = y1;
      data[2 * q] = y2;
      data[3 * q] = y3;
    };
    if constexpr (hasFactors) {
      combine(data[0], data[q] * L::broadcast(factors[0]), data[2 * q] * L::broadcast(factors[1]), data[3 * q] * L::broadcast(factors[2]));
    } else {
      combine(data[0], data[q], data[2 * q], data[3 * q]);
    }
  }
};

}  // namespace zkserve
