#include "base/huge_memory.h"

#include <sys/mman.h>

#include <cstdint>
#include <cstring>

namespace latchkey {
namespace {

/// Maps `size` bytes at a multiple of `alignment`; null where the kernel has none.
void* MapAligned(std::size_t size, std::size_t alignment) {
  const std::size_t mapped_size = size + alignment;
  void* mapped =
      ::mmap(nullptr, mapped_size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (mapped == MAP_FAILED) return nullptr;
  const auto address = reinterpret_cast<std::uintptr_t>(mapped);
  const std::size_t before = (alignment - address % alignment) % alignment;
  char* begin = static_cast<char*>(mapped) + before;
  if (before != 0) ::munmap(mapped, before);
  ::munmap(begin + size, mapped_size - before - size);
  return begin;
}

}  // namespace

HugeMemory::HugeMemory(std::size_t size) : size_(size) {
  if (size >= kHugePage) {
    size_ = (size + kHugePage - 1) / kHugePage * kHugePage;
    data_ = MapAligned(size_, kHugePage);
    mapped_ = data_ != nullptr;
    // A hint: where huge pages are switched off everything works, only slower.
    if (mapped_) ::madvise(data_, size_, MADV_HUGEPAGE);
  }
  if (data_ == nullptr) {
    data_ = ::operator new(size_, kLine);
    std::memset(data_, 0, size_);
  }
}

HugeMemory::~HugeMemory() {
  if (mapped_) {
    ::munmap(data_, size_);
  } else {
    ::operator delete(data_, kLine);
  }
}

}  // namespace latchkey
