#include "tests/cusim/fiber.hpp"

#include <sys/mman.h>

#include <boost/context/detail/fcontext.hpp>

// ThreadSanitizer and AddressSanitizer offer these to those who switch stacks; null where they are not.
#define OFFERED __attribute__((weak))
extern "C" {
OFFERED void* __tsan_get_current_fiber();
OFFERED void* __tsan_create_fiber(unsigned flags);
OFFERED void __tsan_destroy_fiber(void* fiber);
OFFERED void __tsan_switch_to_fiber(void* fiber, unsigned flags);
OFFERED void __tsan_acquire(void* what);
OFFERED void __tsan_release(void* what);
OFFERED void AnnotateIgnoreReadsBegin(const char* file, int line);
OFFERED void AnnotateIgnoreReadsEnd(const char* file, int line);
OFFERED void AnnotateIgnoreWritesBegin(const char* file, int line);
OFFERED void AnnotateIgnoreWritesEnd(const char* file, int line);
OFFERED void __sanitizer_start_switch_fiber(void** fake_stack, const void* stack, std::size_t bytes);
OFFERED void __sanitizer_finish_switch_fiber(void* fake_stack, const void** stack, std::size_t* bytes);
}

namespace cusim {

namespace context = boost::context::detail;

const bool watches_threads = __tsan_create_fiber != nullptr;

namespace {

constexpr std::size_t kStack = std::size_t{64} << 10, kPage = 4096;

/// Told to ThreadSanitizer before a switch; 1: without an order.
void leave_for(void* thread) {
  if (watches_threads) __tsan_switch_to_fiber(thread, 1);
}

/// Told to AddressSanitizer before a switch and after it.
void leave_for(const void* stack, std::size_t bytes, void** fake_stack) {
  if (__sanitizer_start_switch_fiber != nullptr) __sanitizer_start_switch_fiber(fake_stack, stack, bytes);
}
void arrive(void* fake_stack, const void** from = nullptr, std::size_t* bytes = nullptr) {
  if (__sanitizer_finish_switch_fiber != nullptr) __sanitizer_finish_switch_fiber(fake_stack, from, bytes);
}

}  // namespace

/// The fiber that runs, and where it was resumed from.
struct Fiber::Switch {
  static inline Fiber* current = nullptr;
  static inline context::fcontext_t home = nullptr;
  static inline void* home_thread = nullptr;
  static inline const void* home_stack = nullptr;
  static inline std::size_t home_stack_bytes = 0;

  [[noreturn]] static void serve(context::transfer_t from) {
    home = from.fctx;
    arrive(nullptr, &home_stack, &home_stack_bytes);
    while (true) {
      current->body_();
      current->running_ = false;
      leave();
    }
  }
  static void leave() {
    Fiber* self = current;
    leave_for(home_thread);
    leave_for(home_stack, home_stack_bytes, &self->fake_stack_);
    home = context::jump_fcontext(home, nullptr).fctx;
    arrive(self->fake_stack_, &home_stack, &home_stack_bytes);
  }
};

Fiber::Fiber(void (*body)()) : body_(body) {
  void* pages =
      mmap(nullptr, kStack + kPage, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  mprotect(pages, kPage, PROT_NONE);  // a stack that overflows ends the program
  stack_ = static_cast<char*>(pages) + kPage;
  context_ = context::make_fcontext(stack_ + kStack, kStack, &Switch::serve);
}

Fiber::~Fiber() { munmap(stack_ - kPage, kStack + kPage); }

void Fiber::start() {
  running_ = true;
  if (!watches_threads) return;
  Switch::home_thread = __tsan_get_current_fiber();
  if (thread_ != nullptr) __tsan_destroy_fiber(thread_);
  thread_ = __tsan_create_fiber(0);
  renew_pages(stack_, kStack);
  context_ = context::make_fcontext(stack_ + kStack, kStack, &Switch::serve);
}

void Fiber::resume() {
  if (!running_) start();
  Switch::current = this;
  void* fake_stack = nullptr;
  leave_for(thread_);
  leave_for(stack_, kStack, &fake_stack);
  context_ = context::jump_fcontext(context_, nullptr).fctx;
  arrive(fake_stack);
}

void Fiber::pause() { Switch::leave(); }

void renew_pages(char* begin, std::size_t bytes) {
  mmap(begin, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED | MAP_NORESERVE, -1, 0);
}

void acquire(void* what) {
  if (watches_threads) __tsan_acquire(what);
}
void release(void* what) {
  if (watches_threads) __tsan_release(what);
}

Unwatched::Unwatched() {
  if (!watches_threads) return;
  AnnotateIgnoreReadsBegin("", 0);
  AnnotateIgnoreWritesBegin("", 0);
}
Unwatched::~Unwatched() {
  if (!watches_threads) return;
  AnnotateIgnoreWritesEnd("", 0);
  AnnotateIgnoreReadsEnd("", 0);
}

}  // namespace cusim
