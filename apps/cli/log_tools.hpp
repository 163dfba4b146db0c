// `log verify`, `follow`, `prove`, `check` and `stats`: what anybody can do with the public log.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "monitor/follow.hpp"
#include "places.hpp"

namespace mado::cli {

struct VerifyLogOptions {
    std::string log;  // its origin; "" = the only one
};
// 0 all good, 1 a lie, 3 something could not be read.
int verify_log(const Places& places, const VerifyLogOptions& options);

struct FollowLogOptions {
    std::string state;  // "" = follow.json beside the programs' logs
    bool once = false;
    std::int64_t every_s = 60;
};
// With `once`: 0 all good, 1 a lie, 3 could not be read, 5 nobody has witnessed it for too long.
int follow_logs(const Places& places, const FollowLogOptions& options);

// One of the three: a public index, a person's own entry, a receipt.
struct ProveEntryOptions {
    std::optional<std::uint64_t> index;
    std::string card, pin;
    std::string entry;    // with `card`: as log show numbers it
    std::string receipt;  // a file
    std::string log;      // its origin; "" = the only one (with `index`)
    std::string output;   // a file; "" = standard output
};
// 0 proven, 1 a lie, 3 could not be read (yet).
int prove_entry(const Places& places, const ProveEntryOptions& options);

struct CheckFilesOptions {
    std::vector<std::string> files;
    std::string entry;  // base64url of 32 bytes, for a proof that does not say what is proven
};
// 0 proven and witnessed, 1 wrong, 3 not enough in it to tell, 5 not yet witnessed.
int check_files(const Places& places, const CheckFilesOptions& options);

struct CountLogOptions {
    std::string log;
    bool json = false;
};
// 0, or 3 when it could not be read.
int show_counts(const Places& places, const CountLogOptions& options);

// ---- what they read ----

// The public counts, as lines. Unlike everything that organisations exchange, this page may grow:
// members that are not known here are passed over.
Parsed<std::string> words_of_counts(const json::object& page);
// The state of follow_logs, by origin.
using Followed = std::map<std::string, monitor::Remembered>;
Parsed<Followed> parse_followed(std::string_view text);
std::string to_json(const Followed& followed);

}  // namespace mado::cli
