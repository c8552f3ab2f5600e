// The three passes: weights packed, workers set to their slices, gradients put together.
//
// With null scratch a pass computes nothing. In every case it returns how many elements of scratch it needs.
#pragma once

#include <vector>

#include "adjoint_scan.h"
#include "backward_scan.h"
#include "forward_scan.h"
#include "tangent_scan.h"
#include "workers.h"

namespace audiogan_lstm {

// One of `Each` for every layer, made of the scratch, the plan, the layer's weights and its number.
template <class Each, class Real>
std::vector<Each> pack_layers(Scratch<Real>& scratch, const Plan<Real>& plan, const AudioganWeights* weights) {
  std::vector<Each> layers;
  for (int64_t layer = 0; weights != nullptr && layer < plan.shape.layers; ++layer) {
    layers.emplace_back(scratch, plan, weights[layer], layer);
  }
  return layers;
}

template <class T>
const T* or_null(const std::vector<T>& items) {
  return items.empty() ? nullptr : items.data();
}

// Every worker's sums, layer by layer; empty if no gradients of weights are wanted.
template <class Real>
class SumsOfWorkers final {
 public:
  SumsOfWorkers(Scratch<Real>& scratch, const Plan<Real>& plan, const AudioganWeights* gradients)
      : plan_(plan), gradients_(gradients), sums_(plan.shape.workers) {
    if (gradients == nullptr) return;
    for (std::vector<WeightSums<Real>>& layers : sums_) {
      for (int64_t layer = 0; layer < plan.shape.layers; ++layer) layers.emplace_back(scratch, plan, layer);
    }
  }

  WeightSums<Real>* of(int64_t worker) { return sums_[worker].empty() ? nullptr : sums_[worker].data(); }

  void clear(int64_t worker) {
    for (WeightSums<Real>& layer : sums_[worker]) layer.clear();
  }

  void write() const {
    if (gradients_ == nullptr) return;
    for (int64_t layer = 0; layer < plan_.shape.layers; ++layer) {
      write_gradients(plan_, sums_, layer, gradients_[layer]);
    }
  }

 private:
  const Plan<Real>& plan_;
  const AudioganWeights* gradients_;
  std::vector<std::vector<WeightSums<Real>>> sums_;
};

template <class Real, class Work>
void for_each_slice(const Plan<Real>& plan, int64_t worker, const Work& work) {
  for (int64_t slice = plan.first_slice(worker); slice < plan.first_slice(worker + 1); ++slice) {
    work(plan.slice(slice));
  }
}

template <class Real>
int64_t forward_pass(const AudioganCall& call) {
  const Plan<Real> plan(call.shape);
  Scratch<Real> scratch(static_cast<Real*>(call.scratch));
  const auto panels = pack_layers<ForwardPanels<Real>>(scratch, plan, call.arguments.weights);
  std::vector<ForwardScan<Real>> scans;
  for (int64_t worker = 0; worker < plan.shape.workers; ++worker) {
    scans.emplace_back(scratch, plan, call, or_null(panels));
  }
  if (call.scratch != nullptr) {
    for_each_worker(plan.shape.workers, [&](int64_t worker) {
      for_each_slice(plan, worker, [&](const Slice& slice) { scans[worker].run(slice); });
    });
  }
  return scratch.taken();
}

template <class Real>
int64_t backward_pass(const AudioganCall& call) {
  const Plan<Real> plan(call.shape);
  Scratch<Real> scratch(static_cast<Real*>(call.scratch));
  const auto panels = pack_layers<BackwardPanels<Real>>(scratch, plan, call.arguments.weights);
  SumsOfWorkers<Real> sums(scratch, plan, call.gradients.weights);
  std::vector<BackwardScan<Real>> scans;
  for (int64_t worker = 0; worker < plan.shape.workers; ++worker) {
    scans.emplace_back(scratch, plan, call, or_null(panels), sums.of(worker));
  }
  if (call.scratch != nullptr) {
    for_each_worker(plan.shape.workers, [&](int64_t worker) {
      sums.clear(worker);
      for_each_slice(plan, worker, [&](const Slice& slice) { scans[worker].run(slice); });
    });
    sums.write();
  }
  return scratch.taken();
}

template <class Real>
int64_t second_backward_pass(const AudioganCall& call) {
  const Plan<Real> plan(call.shape);
  Scratch<Real> scratch(static_cast<Real*>(call.scratch));
  const auto forward = pack_layers<ForwardPanels<Real>>(scratch, plan, call.arguments.weights);
  const auto backward = pack_layers<BackwardPanels<Real>>(scratch, plan, call.arguments.weights);
  const auto forward_moved = pack_layers<ForwardPanels<Real>>(scratch, plan, call.direction.weights);
  const auto backward_moved = pack_layers<BackwardPanels<Real>>(scratch, plan, call.direction.weights);
  SumsOfWorkers<Real> sums(scratch, plan, call.gradients.weights);
  std::vector<TangentScan<Real>> tangent_scans;
  std::vector<AdjointScan<Real>> adjoint_scans;
  for (int64_t worker = 0; worker < plan.shape.workers; ++worker) {
    // Tangents are kept for one slice at a time only.
    Real* const tangents = scratch.take(plan.shape.layers * plan.record_elements());
    tangent_scans.emplace_back(scratch, plan, call, or_null(forward), or_null(forward_moved), tangents);
    adjoint_scans.emplace_back(scratch, plan, call, or_null(backward), or_null(backward_moved), tangents,
                               sums.of(worker));
  }
  if (call.scratch != nullptr) {
    for_each_worker(plan.shape.workers, [&](int64_t worker) {
      sums.clear(worker);
      for_each_slice(plan, worker, [&](const Slice& slice) {
        tangent_scans[worker].run(slice);
        adjoint_scans[worker].run(slice);
      });
    });
    sums.write();
  }
  return scratch.taken();
}

}  // namespace audiogan_lstm
