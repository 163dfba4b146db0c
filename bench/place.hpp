// Where a log is measured: a folder with a relay's keys, store and anchor, made anew and removed at
// the end, in the country of the relay's tests. And orders as the relay's exchange makes them.
#pragma once

#include <memory>
#include <string>

#include "base/log.hpp"
#include "relay/log_writer.hpp"
#include "relay/test_country.hpp"

namespace mado::bench {

class Place {
  public:
    // `folder` is made; it must not exist.
    explicit Place(std::string folder);
    ~Place();
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;

    [[nodiscard]] std::string database() const { return folder_ + "/relay.sqlite"; }
    [[nodiscard]] std::string anchor_path() const { return folder_ + "/anchor"; }
    [[nodiscard]] const relay::Vault& vault() const { return *vault_; }
    [[nodiscard]] std::unique_ptr<relay::LogWriter> open_writer(
        std::function<void(const relay::WriterObservation&)> observe = {}) const;
    // The database is on the disk: nothing is written behind a measurement.
    void flush() const;
    // And nothing of it in the system's memory, as after a start of the machine.
    void forget_cached_pages() const;

    relay::RelayCountry country;
    wire::Directory directory = country.directory();
    Log log{"bench"};

  private:
    void flush(bool forget) const;

    std::string folder_;
    std::optional<relay::Vault> vault_;
};

struct NewOrder {
    relay::Person person;
    bool by_card = false;  // with a mandate for one check; else by number
    bool fresh = false;    // head and mandate are signed for it alone; else it shares them
    std::string requester;
};

// As long as real ones in every member.
class Orders {
  public:
    explicit Orders(const Place& place);
    // With its mandate's row, spent check or open try, and its notice.
    relay::RecordOrder make(const NewOrder& given) const;
    [[nodiscard]] const relay::TestCard& card() const { return card_; }
    [[nodiscard]] UnixTime keep_until() const { return keep_until_; }

  private:
    [[nodiscard]] std::string mandate() const;

    const Place& place_;
    relay::TestCard card_;  // signs every mandate
    wire::Order order_;
    std::string mandate_;
    UnixTime keep_until_;
};

}  // namespace mado::bench
