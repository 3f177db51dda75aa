#include "host/denoise/denoise_observer.hpp"

#include "dae/error.hpp"
#include "host/text/text.hpp"

namespace dae {

void DenoiseOutcomes::done(const DenoiseJob& job, const FileStamp& input, const DenoisedFile& file) {
  manifest_.done(job, input, file);
  const std::lock_guard lock(mutex_);
  ++summary_.done;
  observer_.done(job, file);
}

void DenoiseOutcomes::failed(const DenoiseJob& job, const std::exception_ptr& failure) {
  try {
    manifest_.failed(job, message_of(failure));
  } catch (const OutputError&) {
    // The disk is full, say. The observer is told what is the matter.
  }
  failed(job.input, failure);
}

void DenoiseOutcomes::failed(const std::filesystem::path& input, const std::exception_ptr& failure) {
  const std::lock_guard lock(mutex_);
  ++summary_.failed;
  if (!summary_.first_failure) summary_.first_failure = failure;
  observer_.failed(input, failure);
}

void DenoiseOutcomes::processed(double files, double pixels) {
  const std::lock_guard lock(mutex_);
  observer_.processed(files, pixels);
}

void DenoiseOutcomes::tick() {
  const std::lock_guard lock(mutex_);
  observer_.tick();
}

}  // namespace dae
