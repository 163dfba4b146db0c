// The revocation lists of the directory's card authorities, as files that somebody puts into a
// folder: one an authority, named by the SHA-256 of its certificate (docs/protocols/mandate.md).
// The folder is trusted for nothing but being there: a list counts by its authority's signature.
// Who can change it can at most keep a newer list from the relay (for a day), take all lists away
// (then no card is taken), and after a restart put back one that is not a day old yet.
#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/log.hpp"
#include "crypto/crl.hpp"
#include "wire/directory.hpp"
#include "wire/errors.hpp"

namespace mado::relay {

// A card's certificate, whatever its list says: SHA-256 of authority and serial number.
Hash card_name(const Hash& authority, const crypto::Serial& serial);
// What a list says about a certificate now. Null: there is none.
std::optional<wire::Code> judge_listed(const crypto::Crl* list, const crypto::Serial& serial,
                                       UnixTime now);
// May it take the place of the one in use (null: of none)? Bad says why not.
Parsed<void> judge_successor(const crypto::Crl* in_use, const crypto::Crl& next, UnixTime now);

class CardLists {
  public:
    static constexpr std::int64_t age_s_max = 86'400;

    CardLists(const wire::Directory& directory, std::string folder, const Log& log);

    // From every io thread.
    [[nodiscard]] std::optional<wire::Code> judge(const Hash& authority,
                                                  const crypto::Serial& serial, UnixTime now) const;

    // Reads what has changed since the last time; one that does not fit is logged, and the one in
    // use stays. The names of cards that were not listed before. One thread.
    std::vector<Hash> refresh(UnixTime now);

  private:
    // Which bytes a file's name stood for when they were read.
    struct Version {
        std::uint64_t file = 0;
        std::int64_t changed_s = 0;
        std::int64_t changed_ns = 0;
        std::int64_t bytes = 0;
        bool operator==(const Version&) const = default;
    };
    struct Authority {
        explicit Authority(const crypto::Certificate& of) : certificate(of) {}
        const crypto::Certificate& certificate;
        std::atomic<std::shared_ptr<const crypto::Crl>> list;  // a new one takes its place
        std::optional<Version> seen;                           // and taken
        std::optional<Version> tried;  // and refused: read again from time to time
        UnixTime tried_at = 0;
        bool missing = false;
    };
    std::optional<Version> look(const std::string& path, Authority& authority) const;
    // None: it was refused. `say`: why, in the log.
    std::optional<std::vector<Hash>> read(const std::string& path, Authority& authority,
                                          UnixTime now, bool say);

    const std::string folder_;
    const Log& log_;
    std::map<Hash, Authority> authorities_;  // built once
};

}  // namespace mado::relay
