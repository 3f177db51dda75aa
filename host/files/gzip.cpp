#include "host/files/gzip.hpp"

#include <fmt/format.h>
#include <zlib.h>

#include <array>
#include <memory>
#include <new>
#include <string_view>
#include <utility>

#include "dae/error.hpp"

namespace dae {
namespace {

class Gunzip {
 public:
  Gunzip(ByteSource raw, std::string name) : raw_(std::move(raw)), name_(std::move(name)) {
    stream_.next_in = input_.data();
    refill();
    plain_ = !member_begins();
    // 16: gzip alone. 15: its largest window.
    if (!plain_ && inflateInit2(&stream_, 16 + 15) != Z_OK) throw std::bad_alloc();
  }
  ~Gunzip() {
    if (!plain_) inflateEnd(&stream_);
  }
  Gunzip(const Gunzip&) = delete;
  Gunzip& operator=(const Gunzip&) = delete;

  std::size_t read(std::span<char> into) {
    std::size_t filled = 0;
    while (filled < into.size() && !finished_) {
      const std::span<char> rest = into.subspan(filled, std::min(into.size() - filled, std::size_t{1} << 30));
      filled += plain_ ? copy(rest) : inflate_into(rest);
    }
    return filled;
  }

 private:
  /// Puts what is left of the input to the front and fills up behind it.
  void refill() {
    std::copy(stream_.next_in, stream_.next_in + stream_.avail_in, input_.begin());
    stream_.next_in = input_.data();
    const std::span<unsigned char> room = std::span(input_).subspan(stream_.avail_in);
    stream_.avail_in += static_cast<unsigned>(raw_({reinterpret_cast<char*>(room.data()), room.size()}));
  }

  [[nodiscard]] bool member_begins() const {
    return stream_.avail_in >= 2 && stream_.next_in[0] == 0x1F && stream_.next_in[1] == 0x8B;
  }

  std::size_t copy(std::span<char> into) {
    if (stream_.avail_in == 0) refill();
    const std::size_t count = std::min<std::size_t>(into.size(), stream_.avail_in);
    std::copy(stream_.next_in, stream_.next_in + count, into.begin());
    stream_.next_in += count;
    stream_.avail_in -= static_cast<unsigned>(count);
    finished_ = count == 0;
    return count;
  }

  std::size_t inflate_into(std::span<char> into) {
    if (stream_.avail_in == 0) refill();
    if (stream_.avail_in == 0) fail("ends in the middle of its gzip data: it is truncated");
    stream_.next_out = reinterpret_cast<unsigned char*>(into.data());
    stream_.avail_out = static_cast<unsigned>(into.size());
    const int result = inflate(&stream_, Z_NO_FLUSH);
    if (result == Z_MEM_ERROR) throw std::bad_alloc();
    if (result == Z_STREAM_END) {
      end_member();
    } else if (result != Z_OK && result != Z_BUF_ERROR) {
      fail(fmt::format("holds damaged gzip data ({})", stream_.msg != nullptr ? stream_.msg : "no detail"));
    }
    return into.size() - stream_.avail_out;
  }

  void end_member() {
    if (stream_.avail_in < 2) refill();
    if (member_begins()) {
      inflateReset(&stream_);
    } else if (stream_.avail_in == 0) {
      finished_ = true;
    } else {
      fail("has bytes after the end of its gzip data");
    }
  }

  [[noreturn]] void fail(std::string_view what) const {
    throw InputError(fmt::format("{} {}; get or make the file again", name_, what));
  }

  ByteSource raw_;
  std::string name_;
  std::array<unsigned char, 1 << 16> input_{};
  z_stream stream_{};
  bool plain_ = true, finished_ = false;
};

}  // namespace

ByteSource gunzip(ByteSource raw, std::string name) {
  // std::function wants what it holds to be copyable.
  auto state = std::make_shared<Gunzip>(std::move(raw), std::move(name));
  return [state](std::span<char> into) { return state->read(into); };
}

}  // namespace dae
