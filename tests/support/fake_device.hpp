#pragma once

#include <cmath>
#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "dae/device.hpp"

/// A device whose "training" is a few sums that depend on every sample, their order and the batches that they came in,
/// and that writes down what it was asked to do.
class FakeDevice : public dae::Device {
 public:
  struct Log {
    std::vector<dae::Sample> trained, evaluated;
    std::vector<std::size_t> batches;
    std::vector<dae::Update> updates;
    std::vector<dae::Spec> compiled;
    std::vector<dae::Spec> asked;  ///< For preferred_batch.
    std::uint64_t bad_step = 0;    ///< The loss of this step is not finite; 0 for none.
    bool bad_validation = false;
    std::uint32_t images_put = 0;
    int metrics_taken = 0;
  };
  std::shared_ptr<Log> log = std::make_shared<Log>();
  std::string plans;  ///< The plans that programs say they chose, and 0 or 1 for training or inference; or nothing.

  [[nodiscard]] std::string name() const override { return "fake"; }
  [[nodiscard]] dae::MemoryPlan plan(const dae::Graph&, const dae::Spec&) const override { return {}; }
  [[nodiscard]] int preferred_batch(const dae::Graph&, const dae::Spec& spec) const override {
    log->asked.push_back(spec);
    return 3;
  }
  [[nodiscard]] int compile_cost_in_batches() const override { return 7; }
  std::unique_ptr<dae::State> make_state(const dae::Graph& graph, const dae::Shape& sample) override {
    return std::make_unique<FakeState>(dae::parameter_count(dae::parameters(graph, sample)));
  }
  std::unique_ptr<dae::ImageStore> make_image_store(std::uint32_t, std::size_t) override {
    return std::make_unique<FakeStore>(log);
  }
  std::unique_ptr<dae::Program> compile(const dae::Graph&, const dae::Spec& spec) override {
    log->compiled.push_back(spec);
    auto program = std::make_unique<FakeProgram>(log, static_cast<std::size_t>(spec.shape.n));
    if (!plans.empty()) program->plans_ = plans + " " + std::to_string(spec.mode == dae::Mode::train ? 0 : 1);
    return program;
  }

 private:
  struct FakeState : dae::State {
    explicit FakeState(std::size_t size) : weights_(size), moments_(2 * size) {}
    void read(std::span<float> weights, std::span<float> moments) const override {
      std::copy_n(weights_.begin(), weights.size(), weights.begin());
      std::copy_n(moments_.begin(), moments.size(), moments.begin());
    }
    void write(std::span<const float> weights, std::span<const float> moments, std::uint64_t step) override {
      weights_.assign(weights.begin(), weights.end());
      moments_.assign(2 * weights.size(), 0.0f);
      std::copy(moments.begin(), moments.end(), moments_.begin());
      average_ = weights_;
      step_ = step;
    }
    void read_average(std::span<float> average) const override {
      std::copy_n(average_.begin(), average.size(), average.begin());
    }
    void write_average(std::span<const float> average) override { average_.assign(average.begin(), average.end()); }
    [[nodiscard]] std::uint64_t step() const override { return step_; }

    std::vector<float> weights_, moments_, average_;
    std::uint64_t step_ = 0;
  };

  struct FakeStore : dae::ImageStore {
    explicit FakeStore(std::shared_ptr<Log> log) : log_(std::move(log)) {}
    void put(std::uint32_t, const dae::Image&, const dae::Image*) override { ++log_->images_put; }
    std::shared_ptr<Log> log_;
  };

  struct FakeProgram : dae::Program {
    FakeProgram(std::shared_ptr<Log> log, std::size_t batch) : log_(std::move(log)), batch_(batch) {}

    void load(const dae::ImageStore&, std::span<const dae::Sample> samples) override {
      samples_.assign(samples.begin(), samples.end());
      at_ = 0;
    }
    std::size_t train(dae::State& base, const dae::Update& update) override {
      auto& state = dynamic_cast<FakeState&>(base);
      const std::size_t taken = std::min(batch_, samples_.size() - at_);
      if (taken == 0) return 0;
      float sum = 0;
      for (std::size_t i = 0; i < taken; ++i, ++at_) {
        const dae::Sample& s = samples_[at_];
        log_->trained.push_back(s);
        sum = 0.9f * sum + static_cast<float>(s.id) + 0.01f * static_cast<float>(s.epoch);
      }
      log_->batches.push_back(taken);
      const std::uint64_t step = ++state.step_;
      if (step == log_->bad_step) metrics_.bad_step = step;
      if (!metrics_.bad_step) {
        for (float& w : state.weights_) w = 0.99f * w + 1e-4f * sum;
        for (float& m : state.moments_) m = 0.5f * m + sum;
        if (update.average_decay > 0) state.average_ = state.weights_;
        log_->updates.push_back(update);
      }
      metrics_.step_loss.push_back(metrics_.bad_step ? std::numeric_limits<float>::quiet_NaN()
                                                     : 0.1f + 1 / (1 + static_cast<float>(step) + 0.01f * sum));
      metrics_.samples += taken;
      metrics_.loss += static_cast<double>(taken) * static_cast<double>(metrics_.step_loss.back());
      return taken;
    }
    std::size_t evaluate(const dae::State& base) override {
      const auto& state = dynamic_cast<const FakeState&>(base);
      const std::size_t taken = std::min(batch_, samples_.size() - at_);
      for (std::size_t i = 0; i < taken; ++i, ++at_) log_->evaluated.push_back(samples_[at_]);
      const double loss = log_->bad_validation ? NAN : 0.2 + 1e-3 * std::abs(static_cast<double>(state.weights_[0]));
      metrics_.samples += taken;
      metrics_.loss += static_cast<double>(taken) * loss;
      metrics_.psnr += static_cast<double>(taken) * 15;
      return taken;
    }
    dae::Metrics take_metrics() override {
      ++log_->metrics_taken;
      return std::exchange(metrics_, {});
    }
    [[nodiscard]] dae::Progress progress() const override {
      if (metrics_.samples == 0) return {};
      return {static_cast<std::uint32_t>(metrics_.step_loss.size()),
              static_cast<float>(metrics_.loss / static_cast<double>(metrics_.samples))};
    }
    void predict(const dae::State&, std::span<const float> in, std::span<float> out) override {
      std::copy(in.begin(), in.end(), out.begin());
    }
    double gradient(const dae::State&, std::span<const float>, std::span<const float>, std::span<float>,
                    std::span<float>) override {
      return 0;
    }

    [[nodiscard]] std::string plans() const override { return plans_; }

    std::shared_ptr<Log> log_;
    std::string plans_;
    std::size_t batch_, at_ = 0;
    std::vector<dae::Sample> samples_;
    dae::Metrics metrics_;
  };
};
