#include "cuda/kernels/optimizer.hpp"

namespace dae::cuda {
namespace {

struct Fill {
  Rates operator()(const Adam& adam) const {
    Rates rates;
    rates.kind = OptimizerKind::adam;
    rates.rate = adam.rate;
    rates.beta1 = adam.beta1;
    rates.beta2 = adam.beta2;
    rates.epsilon = adam.epsilon;
    return rates;
  }
  Rates operator()(const AdamW& adamw) const {
    Rates rates = (*this)(Adam{adamw.rate, adamw.beta1, adamw.beta2, adamw.epsilon});
    rates.shrink = adamw.rate * adamw.decay;
    return rates;
  }
  Rates operator()(const Sgd& sgd) const {
    Rates rates;
    rates.kind = OptimizerKind::sgd;
    rates.rate = sgd.rate;
    rates.beta1 = sgd.momentum;
    return rates;
  }
};

}  // namespace

Rates rates_of(const Update& update) {
  Rates rates = std::visit(Fill{}, update.optimizer);
  rates.clip_norm = update.clip_norm;
  if (update.average_decay > 0) rates.average_gain = 1 - update.average_decay;
  return rates;
}

}  // namespace dae::cuda
