#include "tests/support/program.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdlib>
#include <stdexcept>

extern char** environ;

namespace {

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> out;
  for (std::string& text : texts) out.push_back(text.data());
  out.push_back(nullptr);
  return out;
}

std::array<int, 2> make_pipe() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) throw std::runtime_error("no pipe");
  return ends;
}

void set_limit(decltype(RLIMIT_AS) resource, std::uint64_t bytes) {
  const rlimit limit{bytes, bytes};
  if (bytes != RLIM_INFINITY) ::setrlimit(resource, &limit);
}

}  // namespace

std::size_t Outcome::error_lines() const { return static_cast<std::size_t>(std::count(err.begin(), err.end(), '\n')); }

Program::Program(const std::vector<std::string>& arguments, const Surroundings& surroundings)
    : deadline_(std::chrono::steady_clock::now() + std::chrono::minutes(2)) {
  std::vector<std::string> argv_text = {surroundings.program}, env_text;
  argv_text.insert(argv_text.end(), arguments.begin(), arguments.end());
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string text = *entry;
    if (!surroundings.environment.contains(text.substr(0, text.find('=')))) env_text.push_back(text);
  }
  for (const auto& [name, value] : surroundings.environment) env_text.push_back(name + "=" + value);
  const std::vector<char*> argv = pointers(argv_text), env = pointers(env_text);
  const auto out = make_pipe(), err = make_pipe();
  // A signal to a child that is not dae-cuda yet must end it, not reach the test framework's handlers.
  sigset_t stops, before;
  sigemptyset(&stops);
  for (const int number : {SIGINT, SIGTERM, SIGHUP}) sigaddset(&stops, number);
  ::sigprocmask(SIG_BLOCK, &stops, &before);
  pid_ = ::fork();
  if (pid_ == 0) {
    for (const int number : {SIGINT, SIGTERM, SIGHUP}) std::signal(number, SIG_DFL);
    ::sigprocmask(SIG_SETMASK, &before, nullptr);
    if (!surroundings.folder.empty() && ::chdir(surroundings.folder.c_str()) != 0) ::_exit(127);
    ::dup2(out[1], STDOUT_FILENO);
    ::dup2(err[1], STDERR_FILENO);
    set_limit(RLIMIT_FSIZE, surroundings.largest_file);
    set_limit(RLIMIT_AS, surroundings.memory);
    ::execve(argv[0], argv.data(), env.data());
    ::_exit(127);
  }
  ::sigprocmask(SIG_SETMASK, &before, nullptr);
  if (pid_ < 0) throw std::runtime_error("no process");
  ::close(out[1]);
  ::close(err[1]);
  out_ = out[0];
  err_ = err[0];
}

Program::~Program() {
  if (pid_ > 0) {
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }
  for (const int end : {out_, err_}) {
    if (end >= 0) ::close(end);
  }
}

void Program::signal(int number) const { ::kill(pid_, number); }

void Program::close_output() {
  ::close(out_);
  out_ = -1;
}

/// Reads what came from either end; false at the end of both, or past the deadline.
bool Program::read_more() {
  std::array<pollfd, 2> ends = {pollfd{out_, POLLIN, 0}, pollfd{err_, POLLIN, 0}};
  if (out_ < 0 && err_ < 0) return false;
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline_ - std::chrono::steady_clock::now());
  if (left.count() <= 0 || ::poll(ends.data(), ends.size(), static_cast<int>(left.count())) <= 0) {
    outcome_.timed_out = true;
    return false;
  }
  for (std::size_t i = 0; i < 2; ++i) {
    if (ends[i].revents == 0) continue;
    std::array<char, 4096> buffer{};
    const ssize_t n = ::read(ends[i].fd, buffer.data(), buffer.size());
    if (n > 0) {
      (i == 0 ? outcome_.out : outcome_.err).append(buffer.data(), static_cast<std::size_t>(n));
    } else {
      ::close(ends[i].fd);
      (i == 0 ? out_ : err_) = -1;
    }
  }
  return true;
}

bool Program::wait_for(const std::string& text) {
  while (outcome_.out.find(text) == std::string::npos) {
    if (!read_more()) return false;
  }
  return true;
}

Outcome Program::wait() {
  while (read_more()) {
  }
  if (outcome_.timed_out) ::kill(pid_, SIGKILL);
  int status = 0;
  ::waitpid(pid_, &status, 0);
  pid_ = -1;
  outcome_.code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return outcome_;
}

Outcome run_program(const std::vector<std::string>& arguments, const Surroundings& surroundings) {
  return Program(arguments, surroundings).wait();
}
