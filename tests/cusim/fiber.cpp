#include "cusim/fiber.hpp"

#include <sys/mman.h>

#include <boost/context/detail/fcontext.hpp>

// This file and all of the simulator but kernels are compiled without ThreadSanitizer; the build says whether it
// watches.
#ifndef CUSIM_WATCHES_THREADS
#define CUSIM_WATCHES_THREADS 0
#endif
#if CUSIM_WATCHES_THREADS
extern "C" {
void* __tsan_get_current_fiber();
void* __tsan_create_fiber(unsigned flags);
void __tsan_destroy_fiber(void* fiber);
void __tsan_switch_to_fiber(void* fiber, unsigned flags);
void __tsan_acquire(void* what);
void __tsan_release(void* what);
void AnnotateIgnoreReadsBegin(const char* file, int line);
void AnnotateIgnoreReadsEnd(const char* file, int line);
void AnnotateIgnoreWritesBegin(const char* file, int line);
void AnnotateIgnoreWritesEnd(const char* file, int line);
}
#endif
#if __has_feature(address_sanitizer)
#include <sanitizer/common_interface_defs.h>
#endif

namespace cusim {

namespace context = boost::context::detail;

const bool watches_threads = CUSIM_WATCHES_THREADS != 0;

namespace {

constexpr std::size_t kStack = std::size_t{64} << 10, kPage = 4096;

#if CUSIM_WATCHES_THREADS
void tell(void* thread) { __tsan_switch_to_fiber(thread, 1); }  // 1: without an order
#endif

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
    arrived(nullptr);
    while (true) {
      current->body_();
      current->running_ = false;
      leave();
    }
  }
  static void arrived([[maybe_unused]] void* fake_stack) {
#if __has_feature(address_sanitizer)
    __sanitizer_finish_switch_fiber(fake_stack, &home_stack, &home_stack_bytes);
#endif
  }
  static void leave() {
    Fiber* self = current;
#if CUSIM_WATCHES_THREADS
    tell(home_thread);
#endif
#if __has_feature(address_sanitizer)
    __sanitizer_start_switch_fiber(&self->fake_stack_, home_stack, home_stack_bytes);
#endif
    home = context::jump_fcontext(home, nullptr).fctx;
    arrived(self->fake_stack_);
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
#if CUSIM_WATCHES_THREADS
  Switch::home_thread = __tsan_get_current_fiber();
  if (thread_ != nullptr) __tsan_destroy_fiber(thread_);
  thread_ = __tsan_create_fiber(0);
  renew_pages(stack_, kStack);
  context_ = context::make_fcontext(stack_ + kStack, kStack, &Switch::serve);
#endif
}

void Fiber::resume() {
  if (!running_) start();
  Switch::current = this;
#if CUSIM_WATCHES_THREADS
  tell(thread_);
#endif
#if __has_feature(address_sanitizer)
  void* fake_stack = nullptr;
  __sanitizer_start_switch_fiber(&fake_stack, stack_, kStack);
#endif
  context_ = context::jump_fcontext(context_, nullptr).fctx;
#if __has_feature(address_sanitizer)
  __sanitizer_finish_switch_fiber(fake_stack, nullptr, nullptr);
#endif
}

void Fiber::pause() { Switch::leave(); }

void renew_pages(char* begin, std::size_t bytes) {
  mmap(begin, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED | MAP_NORESERVE, -1, 0);
}

#if CUSIM_WATCHES_THREADS
void acquire(void* what) { __tsan_acquire(what); }
void release(void* what) { __tsan_release(what); }
Unwatched::Unwatched() {
  AnnotateIgnoreReadsBegin("", 0);
  AnnotateIgnoreWritesBegin("", 0);
}
Unwatched::~Unwatched() {
  AnnotateIgnoreWritesEnd("", 0);
  AnnotateIgnoreReadsEnd("", 0);
}
#else
void acquire(void*) {}
void release(void*) {}
Unwatched::Unwatched() = default;
Unwatched::~Unwatched() = default;
#endif

}  // namespace cusim
