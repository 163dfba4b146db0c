// SQLite hands a write-ahead log on in pieces: for each page 24 bytes and the page, each a system
// call of its own. This VFS joins what follows one another, and hands it to the default VFS in
// large pieces; before anything else is done with the file, all of it.
#pragma once

namespace mado::db {

// Its name, for sqlite3_open_v2. Registered at the first call; never the default.
const char* gathered_writes();

}  // namespace mado::db
