#pragma once

#include "host/files/file_layer.hpp"

/// A file layer whose Nth call fails, all calls counted together, from 0.
class FaultyLayer : public dae::FileLayer {
 public:
  /// How the call fails: with `error`; or, when it is a write and `partial` is set, by writing the first half, which is
  /// no failure by itself, and failing at the next call.
  struct Fault {
    int at = -1;
    int error = 0;
    bool partial = false;
  };
  explicit FaultyLayer(Fault fault) : fault_(fault) {}

  int open(const char* path, int flags, mode_t mode) override;
  ssize_t write(int file, const void* bytes, std::size_t size) override;
  int fsync(int file) override;
  int ftruncate(int file, off_t size) override;
  int close(int file) override;
  int rename(const char* from, const char* to) override;
  int unlink(const char* path) override;
  int mkdir(const char* path, mode_t mode) override;

  /// Calls seen so far.
  [[nodiscard]] int calls() const { return calls_; }
  [[nodiscard]] bool fired() const { return calls_ > fault_.at; }

 private:
  bool fails();

  Fault fault_;
  int calls_ = 0;
};
