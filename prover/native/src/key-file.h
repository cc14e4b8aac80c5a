// Prepared keys in files beside their zkeys: mapped where they serve, else made again; whole or not at all.
#pragma once
#include <fcntl.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <memory>
#include <thread>

#include "tasks.h"
#include "zkey-reader.h"

namespace zkserve {

class FileDescriptor {
  int number_;

 public:
  explicit FileDescriptor(int number = -1) : number_(number) {}
  FileDescriptor(const FileDescriptor&) = delete;
  FileDescriptor& operator=(const FileDescriptor&) = delete;
  ~FileDescriptor() { close(); }
  void open(const std::string& path, int flags, mode_t mode = 0) {
    close();
    number_ = ::open(path.c_str(), flags | O_CLOEXEC | O_NOFOLLOW, mode);
  }
  void close() {
    if (number_ >= 0) ::close(number_);
    number_ = -1;
  }
  bool isOpen() const { return number_ >= 0; }
  operator int() const { return number_; }
};

/** A file read in pieces. Ends by {@link Cancelled} when `cancelled` becomes 1. */
class FileSource : public ByteSource {
  const std::shared_ptr<FileDescriptor> file_;
  const volatile uint8_t* cancelled_;

  FileSource(std::shared_ptr<FileDescriptor> file, uint64_t size, const volatile uint8_t* cancelled)
      : ByteSource(size), file_(std::move(file)), cancelled_(cancelled) {}

 public:
  static FileSource open(const std::string& path, const volatile uint8_t* cancelled) {
    // A link is as good as the file: only what is written must not go astray.
    auto file = std::make_shared<FileDescriptor>(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    struct stat status;
    if (!file->isOpen() || fstat(*file, &status) != 0 || !S_ISREG(status.st_mode)) fail("the file cannot be read");
    return FileSource(file, (uint64_t)status.st_size, cancelled);
  }
  void read(uint64_t at, void* to, size_t count) const override {
    if (*cancelled_) throw Cancelled{};
    auto* bytes = (uint8_t*)to;
    while (count > 0) {
      const ssize_t got = pread(*file_, bytes, count, (off_t)at);
      if (got < 0 && errno == EINTR) continue;
      if (got <= 0) fail("the file cannot be read");
      bytes += got;
      at += (uint64_t)got;
      count -= (size_t)got;
    }
  }
};

/** Memory of some length; shared with whoever maps the same file. */
struct Mapping {
  std::shared_ptr<uint8_t> memory;
  uint64_t size = 0;

  static Mapping of(void* memory, uint64_t size) {
    if (memory == MAP_FAILED) throw std::bad_alloc();
    return {std::shared_ptr<uint8_t>((uint8_t*)memory, [size](uint8_t* at) { munmap(at, size); }), size};
  }
  /** Zeros that belong to this process. */
  static Mapping anonymous(uint64_t size) {
    Mapping mapping = of(mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), size);
#ifdef MADV_HUGEPAGE
    madvise(mapping.memory.get(), size, MADV_HUGEPAGE);
#endif
    return mapping;
  }
  /** A file's bytes, read-only; nothing where there is no such file, or where strangers could have written it. */
  static Mapping ofFile(const std::string& path) {
    FileDescriptor file;
    file.open(path, O_RDONLY | O_NONBLOCK);
    struct stat status, folder;
    if (!file.isOpen() || fstat(file, &status) != 0 || !S_ISREG(status.st_mode) || status.st_size == 0) return {};
    if (stat(folderOf(path).c_str(), &folder) != 0) return {};
    const bool isTrusted = status.st_uid == geteuid() || status.st_uid == 0 || status.st_uid == folder.st_uid;
    if (!isTrusted || (status.st_mode & S_IWOTH)) return {};
    int flags = MAP_SHARED;
#ifdef MAP_POPULATE
    flags |= MAP_POPULATE;
#endif
    return of(mmap(nullptr, (size_t)status.st_size, PROT_READ, flags, file, 0), (uint64_t)status.st_size);
  }
  static std::string folderOf(const std::string& path) {
    const size_t slash = path.rfind('/');
    return slash == std::string::npos ? "." : path.substr(0, slash + 1);
  }
};

/**
 * A file that is written under another name, by one writer at a time, and appears whole. Where it cannot be (read-only
 * folder, full disk) nothing appears, and nobody is told: the key then stays in memory.
 */
class Draft {
  const std::string path_, draft_;
  FileDescriptor file_;

 public:
  /** Waits while others write the same file: then it may be there already. */
  Draft(const std::string& path, const volatile uint8_t* cancelled) : path_(path), draft_(path + ".part") {
    constexpr int waits = 3000;
    for (int wait = 0; wait < waits; wait++) {
      if (!file_.isOpen()) file_.open(draft_, O_RDWR | O_CREAT | O_NONBLOCK, 0644);
      if (!file_.isOpen()) return;
      if (flock(file_, LOCK_EX | LOCK_NB) == 0) {
        if (isStillDraft()) return;
        file_.close();
        continue;
      }
      if (errno != EWOULDBLOCK) break;
      if (*cancelled) throw Cancelled{};
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    file_.close();
  }
  ~Draft() {
    if (file_.isOpen()) unlink(draft_.c_str());
  }

  /** Whether the file is there now, with these bytes. */
  bool write(const uint8_t* bytes, uint64_t count) {
    if (!file_.isOpen() || ftruncate(file_, 0) != 0) return false;
    for (uint64_t at = 0; at < count;) {
      const ssize_t written = pwrite(file_, bytes + at, (size_t)std::min<uint64_t>(count - at, 1 << 24), (off_t)at);
      if (written < 0 && errno == EINTR) continue;
      if (written <= 0) return false;
      at += (uint64_t)written;
    }
    if (fsync(file_) != 0 || rename(draft_.c_str(), path_.c_str()) != 0) return false;
    // Read-only, so that nobody writes by accident into what others have mapped. After the renaming: a draft that a
    // killed process left must still be writable.
    fchmod(file_, 0444);
    file_.close();
    return true;
  }

 private:
  /** The writer before may have renamed or removed the file that was waited for. */
  bool isStillDraft() const {
    struct stat mine, named;
    return fstat(file_, &mine) == 0 && S_ISREG(mine.st_mode) && mine.st_nlink == 1 && lstat(draft_.c_str(), &named) == 0 &&
           mine.st_ino == named.st_ino && mine.st_dev == named.st_dev;
  }
};

}  // namespace zkserve
