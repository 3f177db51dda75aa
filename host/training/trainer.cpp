#include "host/training/trainer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "dae/error.hpp"
#include "host/checkpoint/checkpoint.hpp"
#include "host/files/csv_log.hpp"
#include "host/files/file_layer.hpp"
#include "host/graph/initial_weights.hpp"
#include "host/training/epoch_feed.hpp"
#include "host/training/step_record.hpp"
#include "host/training/training_position.hpp"

namespace dae {
namespace {

class Trainer {
 public:
  Trainer(Device& device, const TrainingPlan& plan, const DeviceSet& train_set, const DeviceSet& validation_set,
          TrainingObserver& observer, const std::function<bool()>& stop);
  TrainingResult run();

 private:
  Checkpoint starting_point() const;
  std::unique_ptr<Program> compile(Device& device, Mode mode, int images, const std::string& plans) const;
  void open_files();
  bool train_epoch();
  void announce_updates();
  [[nodiscard]] Update update_of(std::uint64_t step) const {
    return update_at(plan_, step, plan_.epochs * epoch_steps());
  }
  bool validate();
  void poll_progress();
  void take_losses();
  void report() const;
  void end_epoch(EpochResult& result);
  void save(const char* file);
  [[nodiscard]] bool must_stop();
  [[nodiscard]] std::uint64_t epoch_samples() const { return samples_an_epoch(plan_, train_set_); }
  [[nodiscard]] std::uint64_t epoch_steps() const {
    const auto batch = static_cast<std::uint64_t>(plan_.batch);
    return (epoch_samples() + batch - 1) / batch;
  }
  [[nodiscard]] bool target_reached() const {
    return plan_.target && position_.best && *position_.best <= *plan_.target;
  }
  [[nodiscard]] std::uint64_t epochs_done() const { return position_.epoch - 1; }

  const TrainingPlan& plan_;
  const DeviceSet &train_set_, &validation_set_;
  TrainingObserver& observer_;
  const std::function<bool()>& stop_;

  Checkpoint checkpoint_;
  TrainingPosition position_;
  std::unique_ptr<State> state_;
  std::unique_ptr<State> averaged_;  ///< The averaged weights, to validate with; null where there are none.
  std::unique_ptr<Program> training_, validation_;
  EpochFeed feed_;
  std::optional<CsvLog> history_;
  std::optional<StepRecord> steps_;
  TrainingEnd end_ = TrainingEnd::finished;
};

Trainer::Trainer(Device& device, const TrainingPlan& plan, const DeviceSet& train_set, const DeviceSet& validation_set,
                 TrainingObserver& observer, const std::function<bool()>& stop)
    : plan_(plan),
      train_set_(train_set),
      validation_set_(validation_set),
      observer_(observer),
      stop_(stop),
      checkpoint_(starting_point()),
      position_(plan.resume ? position_to_resume(checkpoint_, plan, train_set, validation_set) : TrainingPosition{}),
      state_(device.make_state(plan.graph, checkpoint_.sample)),
      training_(compile(device, Mode::train, train_set.shape.n, checkpoint_.plans.training)),
      validation_(compile(device, Mode::infer, validation_set.shape.n, checkpoint_.plans.validation)),
      feed_(train_set, plan, *training_) {
  checkpoint_.plans = {training_->plans(), validation_->plans()};
  state_->write(checkpoint_.trained.empty() ? checkpoint_.weights : checkpoint_.trained, checkpoint_.moments,
                checkpoint_.step);
  if (plan.average_decay == 0) return;
  state_->write_average(checkpoint_.weights);
  checkpoint_.trained.resize(checkpoint_.weights.size());
  averaged_ = device.make_state(plan.graph, checkpoint_.sample);
}

Checkpoint Trainer::starting_point() const {
  const Shape sample = train_set_.shape.with_batch(1);
  check_shapes(plan_.graph, train_set_.shape, validation_set_.shape);
  if (plan_.resume) {
    Checkpoint checkpoint = load_checkpoint(plan_.out / last_checkpoint);
    if (checkpoint.sample.with_batch(1) != sample) {
      throw UsageError(fmt::format("--resume: --train-data has images of {}, but the run was started with {}",
                                   to_string(sample), to_string(checkpoint.sample)));
    }
    return checkpoint;
  }
  Checkpoint checkpoint;
  checkpoint.graph = plan_.graph;
  checkpoint.sample = sample;
  checkpoint.noise = plan_.noise;
  checkpoint.optimizer = plan_.optimizer;
  checkpoint.weights = initial_weights(plan_.graph, sample, plan_.noise.seed);
  checkpoint.moments.resize(2 * checkpoint.weights.size());
  return checkpoint;
}

/// `plans`: those of the run before, or nothing.
std::unique_ptr<Program> Trainer::compile(Device& device, Mode mode, int images, const std::string& plans) const {
  Spec spec = spec_for(plan_, checkpoint_.sample, mode, images);
  spec.plans = plans;
  return device.compile(plan_.graph, spec);
}

/// Starts the files of the run, or cuts them back to where the checkpoint stands.
void Trainer::open_files() {
  observer_.starting(checkpoint_.plans);
  if (!plan_.resume) file_layer().unlink((plan_.out / best_checkpoint).c_str());
  history_.emplace(plan_.out / history_table, "epoch,loss,val_loss,val_psnr,seconds,images_per_s", epochs_done());
  steps_.emplace(plan_.out / steps_table, checkpoint_.step);
  if (!plan_.resume) save(last_checkpoint);
}

TrainingResult Trainer::run() {
  open_files();
  while (!target_reached() && position_.epoch <= plan_.epochs && train_epoch() && validate()) {
  }
  if (end_ != TrainingEnd::finished) save(last_checkpoint);
  return {end_, state_->step(), epochs_done(), position_.best_epoch, target_reached(), feed_.wait_ms_of_run()};
}

bool Trainer::must_stop() {
  if (stop_()) {
    end_ = TrainingEnd::stop_requested;
  } else if (plan_.stop_after_steps && feed_.steps() >= *plan_.stop_after_steps) {
    end_ = TrainingEnd::step_limit;
  }
  return end_ != TrainingEnd::finished;
}

/// Returns false when the run has to stop.
bool Trainer::train_epoch() {
  steps_->start_epoch(position_.samples);
  feed_.start(position_.epoch, position_.samples);
  announce_updates();
  while (!must_stop()) {
    const Update update = update_of(state_->step());
    const std::size_t taken = training_->train(*state_, update);
    if (taken == 0) {
      if (!feed_.more()) break;
      continue;
    }
    steps_->enqueued(taken, rate_of(update.optimizer));
    feed_.count_step();
    if (steps_->since_asked() >= observer_.interval()) poll_progress();
  }
  take_losses();
  report();
  return end_ == TrainingEnd::finished;
}

/// Those of the epoch's steps that are left.
void Trainer::announce_updates() {
  const auto batch = static_cast<std::uint64_t>(plan_.batch);
  const std::uint64_t steps = (epoch_samples() - position_.samples + batch - 1) / batch;
  std::vector<Update> updates;
  for (std::uint64_t i = 0; i < steps; ++i) updates.push_back(update_of(state_->step() + i));
  training_->announce(updates);
}

/// Tells how far the device is, without waiting for it. A run that has gone wrong ends here.
void Trainer::poll_progress() {
  const Progress progress = training_->progress();
  steps_->asked(progress);
  if (progress.steps > 0 && !std::isfinite(progress.loss)) take_losses();
  report();
}

/// Waits, and records the steps whose losses were not taken yet, those before a bad one too.
void Trainer::take_losses() {
  if (!steps_->pending()) return;
  const Metrics metrics = training_->take_metrics();
  steps_->take(metrics, position_);
  if (metrics.bad_step) {
    throw NumericError(
        fmt::format("step {}: the loss is not a finite number; {} holds the last good state; a lower "
                    "--lr may help",
                    *metrics.bad_step, (plan_.out / last_checkpoint).string()));
  }
}

void Trainer::report() const {
  if (!steps_->moved(position_)) return;
  const std::uint64_t samples = steps_->samples(position_);
  const double speed = steps_->images_per_s(position_);
  const auto left = static_cast<double>((plan_.epochs - position_.epoch + 1) * epoch_samples() - samples);
  observer_.progressed({.step = steps_->finished(),
                        .epoch = position_.epoch,
                        .epochs = plan_.epochs,
                        .samples = samples,
                        .epoch_samples = epoch_samples(),
                        .loss = steps_->loss_sum(position_) / static_cast<double>(samples),
                        .images_per_s = speed,
                        .seconds_left = left / speed,
                        .wait_ms = feed_.wait_ms_of_epoch()});
}

/// Returns false when the run has to stop before the validation is complete.
bool Trainer::validate() {
  const double seconds = steps_->seconds(), speed = steps_->images_per_s(position_);
  validation_->load(*validation_set_.store, samples_in_order(validation_set_.shape, RngStream::validation));
  if (averaged_) {
    state_->read_average(checkpoint_.weights);
    averaged_->write(checkpoint_.weights, {}, state_->step());
  }
  while (validation_->evaluate(averaged_ ? *averaged_ : *state_) > 0) {
    if (stop_()) {
      end_ = TrainingEnd::stop_requested;
      return false;
    }
  }
  const Metrics metrics = validation_->take_metrics();
  const auto images = static_cast<double>(metrics.samples);
  EpochResult result{.epoch = position_.epoch,
                     .epochs = plan_.epochs,
                     .loss = position_.loss_sum / static_cast<double>(epoch_samples()),
                     .val_loss = metrics.loss / images,
                     .val_psnr = metrics.psnr / images,
                     .seconds = seconds,
                     .images_per_s = speed,
                     .wait_ms = feed_.wait_ms_of_epoch()};
  end_epoch(result);
  observer_.epoch_ended(result);
  return true;
}

/// Rows first, then the checkpoints: what a killed run leaves in the tables too much is cut off by --resume, what it
/// left out could not be made up for.
void Trainer::end_epoch(EpochResult& result) {
  if (!std::isfinite(result.val_loss)) {
    throw NumericError(
        fmt::format("step {}: the validation loss is not a finite number; a lower --lr may help", state_->step()));
  }
  result.best = !position_.best || result.val_loss < *position_.best;
  if (result.best) {
    position_.best = result.val_loss;
    position_.best_epoch = position_.epoch;
  }
  history_->append(fmt::format("{},{:.8g},{:.8g},{:.6g},{:.3f},{:.1f}\n", result.epoch, result.loss, result.val_loss,
                               result.val_psnr, result.seconds, result.images_per_s));
  checkpoint_.metrics = {{"epoch", static_cast<double>(result.epoch)},
                         {"loss", result.loss},
                         {"val_loss", result.val_loss},
                         {"val_psnr", result.val_psnr}};
  ++position_.epoch;
  position_.samples = 0;
  position_.loss_sum = 0;
  if (result.best) save(best_checkpoint);
  save(last_checkpoint);
}

void Trainer::save(const char* file) {
  state_->read(averaged_ ? checkpoint_.trained : checkpoint_.weights, checkpoint_.moments);
  if (averaged_) state_->read_average(checkpoint_.weights);
  checkpoint_.step = state_->step();
  checkpoint_.run = describe_run(position_, plan_, train_set_, validation_set_);
  save_checkpoint(plan_.out / file, checkpoint_);
}

}  // namespace

void check_shapes(const Graph& graph, const Shape& train, const Shape& validation) {
  if (train.with_batch(1) != validation.with_batch(1)) {
    throw ShapeError(fmt::format("the training images are {}, the validation images {}; they must have one size",
                                 to_string(train), to_string(validation)));
  }
  check_denoiser(graph, train);
}

TrainingResult train(Device& device, const TrainingPlan& plan, const DeviceSet& train_set,
                     const DeviceSet& validation_set, TrainingObserver& observer, const std::function<bool()>& stop) {
  return Trainer(device, plan, train_set, validation_set, observer, stop).run();
}

}  // namespace dae
