// SQLite hands a commit on to its write-ahead log in pieces: for each page 24 bytes and the page,
// each a system call of its own. This VFS joins what follows one another, while a GatheredCommit
// lives, and hands it to the default VFS in large pieces; before anything else is done with the
// file, above all before the flush that makes the commit durable, all of it. What is written at
// other times passes through.
#pragma once

typedef struct sqlite3 sqlite3;
typedef struct sqlite3_file sqlite3_file;

namespace mado::db {

// Its name, for sqlite3_open_v2. Registered at the first call; never the default.
const char* gathered_writes();

// One of the connection's files (SQLITE_FCNTL_FILE_POINTER or _JOURNAL_POINTER); null when it has
// not got it open.
sqlite3_file* open_file_of(sqlite3* connection, int which);

// Around a COMMIT of a connection with synchronous=FULL. What a commit that failed left behind is
// forgotten: the place in the log is free for others as soon as the transaction is taken back.
class GatheredCommit {
  public:
    explicit GatheredCommit(sqlite3* connection);
    ~GatheredCommit();
    // All of it: a commit that went well and did not flush has broken the rule above.
    [[nodiscard]] bool handed_on() const;
    GatheredCommit(const GatheredCommit&) = delete;
    GatheredCommit& operator=(const GatheredCommit&) = delete;

  private:
    sqlite3_file* log_ = nullptr;  // null: nothing is gathered
};

}  // namespace mado::db
