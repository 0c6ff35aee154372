/*
 * What a power cut may take: a preloaded library that writes down, in the order in which a process asks for them, the
 * changes to files below DISK_WITNESS_ROOT and the syncs that make them last. SIGKILL leaves every write in the page
 * cache, so without this a test that kills cannot tell whether anything was ever synced.
 *
 * A record, little endian: kind u8, length of path u16, offset u64, length u64, length of data u32, path, data.
 *   W  about to write: data is what the range of a database file held before (shorter at the end of the file)
 *   T  about to truncate to `offset`
 *   R  about to rename: data is the new path
 *   M  about to make a directory
 *   B  a sync of the path begins, S  it has succeeded; `offset` is the thread
 * Changes are written down before they happen, so that one that a sync may cover counts as covered: the test may miss a
 * fault, it never invents one.
 *
 * DISK_WITNESS_LIE=1: syncs report success, do nothing and are not written down. A test must fail then.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

static int witness = -1;
static int lies = 0;
static char root[PATH_MAX];
static size_t root_length = 0;
static pthread_mutex_t one_at_a_time = PTHREAD_MUTEX_INITIALIZER;

__attribute__((constructor)) static void begin(void) {
  const char *file = getenv("DISK_WITNESS");
  const char *below = getenv("DISK_WITNESS_ROOT");
  if (!file || !below || !realpath(below, root)) return;
  root_length = strlen(root);
  lies = getenv("DISK_WITNESS_LIE") != NULL;
  witness = open(file, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
}

static int watched(const char *path) {
  return witness >= 0 && strncmp(path, root, root_length) == 0 && (path[root_length] == '/' || path[root_length] == 0);
}

static int path_of(int fd, char *path) {
  char link[64];
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t length = readlink(link, path, PATH_MAX - 1);
  if (length < 0) return 0;
  path[length] = 0;
  return watched(path);
}

static void note(char kind, const char *path, uint64_t offset, uint64_t length, const void *data, uint32_t data_length) {
  char head[23];
  uint16_t path_length = (uint16_t)strlen(path);
  head[0] = kind;
  memcpy(head + 1, &path_length, 2);
  memcpy(head + 3, &offset, 8);
  memcpy(head + 11, &length, 8);
  memcpy(head + 19, &data_length, 4);
  struct iovec parts[3] = {{head, sizeof head}, {(void *)path, path_length}, {(void *)data, data_length}};
  pthread_mutex_lock(&one_at_a_time);
  ssize_t written = syscall(SYS_writev, witness, parts, 3);
  (void)written;
  pthread_mutex_unlock(&one_at_a_time);
}

static void note_write(int fd, off_t offset, size_t length) {
  char path[PATH_MAX];
  if (!path_of(fd, path)) return;
  char *before = NULL;
  ssize_t held = 0;
  if (strstr(path, ".db") && (before = malloc(length)) != NULL) {
    /* Through the same descriptor: closing another one would drop this process's locks on the database (fcntl). */
    held = pread(fd, before, length, offset);
    if (held < 0) held = 0;
  }
  note('W', path, (uint64_t)offset, length, before, (uint32_t)held);
  free(before);
}

static off_t position_of(int fd) {
  int flags = fcntl(fd, F_GETFL);
  struct stat found;
  if (flags >= 0 && (flags & O_APPEND) && fstat(fd, &found) == 0) return found.st_size;
  return lseek(fd, 0, SEEK_CUR);
}

#define FIND(name) if (!real_##name) real_##name = dlsym(RTLD_NEXT, #name)

static ssize_t (*real_pwrite64)(int, const void *, size_t, off_t);
ssize_t pwrite64(int fd, const void *bytes, size_t length, off_t offset) {
  note_write(fd, offset, length);
  FIND(pwrite64);
  return real_pwrite64(fd, bytes, length, offset);
}

static ssize_t (*real_pwrite)(int, const void *, size_t, off_t);
ssize_t pwrite(int fd, const void *bytes, size_t length, off_t offset) {
  note_write(fd, offset, length);
  FIND(pwrite);
  return real_pwrite(fd, bytes, length, offset);
}

static ssize_t (*real_write)(int, const void *, size_t);
ssize_t write(int fd, const void *bytes, size_t length) {
  off_t offset = witness >= 0 ? position_of(fd) : -1;
  if (offset >= 0) note_write(fd, offset, length);
  FIND(write);
  return real_write(fd, bytes, length);
}

static ssize_t (*real_writev)(int, const struct iovec *, int);
ssize_t writev(int fd, const struct iovec *parts, int count) {
  off_t offset = witness >= 0 ? position_of(fd) : -1;
  size_t length = 0;
  for (int at = 0; at < count; at += 1) length += parts[at].iov_len;
  if (offset >= 0) note_write(fd, offset, length);
  FIND(writev);
  return real_writev(fd, parts, count);
}

static int (*real_ftruncate64)(int, off_t);
int ftruncate64(int fd, off_t length) {
  char path[PATH_MAX];
  if (path_of(fd, path)) note('T', path, (uint64_t)length, 0, NULL, 0);
  FIND(ftruncate64);
  return real_ftruncate64(fd, length);
}

static int (*real_rename)(const char *, const char *);
int rename(const char *from, const char *to) {
  if (watched(from)) note('R', from, 0, 0, to, (uint32_t)strlen(to));
  FIND(rename);
  return real_rename(from, to);
}

static int (*real_mkdir)(const char *, mode_t);
int mkdir(const char *path, mode_t mode) {
  struct stat found;
  if (watched(path) && stat(path, &found) != 0) note('M', path, 0, 0, NULL, 0);
  FIND(mkdir);
  return real_mkdir(path, mode);
}

static int sync_with(int (*real)(int), int fd) {
  char path[PATH_MAX];
  int is_watched = path_of(fd, path);
  if (is_watched && lies) return 0;
  uint64_t thread = (uint64_t)syscall(SYS_gettid);
  if (is_watched) note('B', path, thread, 0, NULL, 0);
  int result = real(fd);
  if (is_watched && result == 0) note('S', path, thread, 0, NULL, 0);
  return result;
}

static int (*real_fsync)(int);
int fsync(int fd) {
  FIND(fsync);
  return sync_with(real_fsync, fd);
}

static int (*real_fdatasync)(int);
int fdatasync(int fd) {
  FIND(fdatasync);
  return sync_with(real_fdatasync, fd);
}
