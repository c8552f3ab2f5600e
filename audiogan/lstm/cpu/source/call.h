// What a pass is handed: the shape and where the caller's tensors lie. The caller owns and keeps all of it.
#pragma once

#include "symbols.h"

extern "C" {

// [steps, batch, features]; strides in elements, of any sign or zero.
struct AudioganSequence {
  void* data;
  int64_t step_stride, row_stride, feature_stride;
};

// Contiguous; gates follow one another as i, f, g, o. `bias` is null in a stack without biases.
struct AudioganWeights {
  void* weight_ih;  // [4 hidden, features]
  void* weight_hh;  // [4 hidden, hidden]
  void* bias;       // [4 hidden]
};

// The arguments of an LSTM, or their gradients, or a direction. States are contiguous [layers, batch, hidden].
struct AudioganArguments {
  AudioganSequence x;
  void* h0;
  void* c0;
  AudioganWeights* weights;  // one for each layer
};

// The results of an LSTM, or their cotangents, or their tangents.
struct AudioganResults {
  AudioganSequence output;
  void* hn;
  void* cn;
};

struct AudioganCall {
  audiogan_lstm::Shape shape;
  AudioganArguments arguments;  // read by every pass
  AudioganResults results;      // written by the forward pass
  AudioganResults cotangents;   // read by the first backward pass; by the second cn alone
  AudioganArguments direction;  // read by the second backward pass; weights may be null
  AudioganResults tangents;     // written by the second backward pass; all null: not wanted
  AudioganArguments gradients;  // written by either backward pass; x.data and weights may be null: not wanted
  void* records;                // [slices, layers, steps, slice_rows, units * 5]; null: the forward pass saves nothing
  void* h_cotangents;           // [slices, layers, steps, slice_rows, units]: written by the first backward pass unless
                                // null, read by the second
  void* scratch;                // as many elements as the pass asks for, of any content; fastest if aligned to 64 bytes
};
}
