#include "stop_bench.hpp"

#include <fmt/format.h>

#include <boost/json.hpp>
#include <exception>
#include <functional>
#include <thread>

#include "card/open.hpp"
#include "chip/inserted.hpp"
#include "db/db.hpp"
#include "http/form.hpp"

namespace mado::bench {
namespace {

constexpr double goal_ms = 2'000;
constexpr double patience_ms = 20'000;
constexpr int ask_every_ms = 5;
// The relay reads an authority's list once a second.
constexpr double lists_read_ms = 1'500;
constexpr std::string_view hotline = "kiroku";
constexpr double most_times = 0.95;

// Until the end of its block; what it throws is thrown there by get().
class Beside {
  public:
    explicit Beside(std::function<void()> work)
        : thread_([this, work = std::move(work)] {
              try {
                  work();
              } catch (...) {
                  failed_ = std::current_exception();
              }
          }) {}
    ~Beside() {
        if (thread_.joinable()) thread_.join();
    }
    Beside(const Beside&) = delete;
    Beside& operator=(const Beside&) = delete;
    void get() {
        thread_.join();
        if (failed_) std::rethrow_exception(failed_);
    }

  private:
    std::exception_ptr failed_;  // read when the thread has ended
    std::thread thread_;
};

// The card in a reader, and log-ins of the portal's that it signs.
class Reader {
  public:
    Reader(tests::RunningCountry& country, const std::string& file)
        : country_(country), directory_(country.directory()), portal_(country.office("portal")) {
        auto opened = card::open_card(std::make_unique<chip::Inserted>(file));
        if (!opened) throw Failure("a card that was made cannot be read");
        card_ = std::move(*opened);
    }
    std::string serial() { return hex(card_->authentication_certificate().value().serial()); }
    std::string log_in() {
        const auto login = client::sign_mandate(*card_, Secret(as_bytes(cards_pin)),
                                                {.kind = wire::MandateKind::login,
                                                 .scope = {tests::service("bells")},
                                                 .nonce = country_.nonce(portal_)},
                                                directory_, portal_.id, unix_now());
        if (!login) throw Failure("the card does not sign");
        return login->mandate;
    }
    // Whether the relay answers a request of that card.
    bool works(const std::string& login) {
        const auto bells = tests::wait_for(client::fetch_bells(directory_, portal_, login));
        if (bells) return true;
        if (bells.error().code == wire::Code::card_revoked) return false;
        throw Failure("the relay refuses a card as " +
                      std::string(wire::info(bells.error().code).name));
    }

  private:
    const tests::RunningCountry& country_;
    const wire::Directory& directory_;
    const client::Identity& portal_;
    std::unique_ptr<card::Card> card_;
};

class Stops {
  public:
    Stops(tests::RunningCountry& country, Clerk& window)
        : country_(country), window_(window), hotline_(country, std::string(hotline)) {}
    void measure(const CardInHand& card) {
        Reader reader(country_, card.file);
        by_page(reader, card);
        found(reader, card);
        by_telephone(reader, card);
        found(reader, card);
        at_authority(reader);
    }
    [[nodiscard]] std::vector<Figure> figures() const;

  private:
    void by_page(Reader& reader, const CardInHand& card);
    void by_telephone(Reader& reader, const CardInHand& card);
    void at_authority(Reader& reader);
    void found(Reader& reader, const CardInHand& card);
    // Since when that is so, and was for so long, as asked again and again.
    double until(const Stopwatch& watch, const std::function<bool()>& is_so, double stays_ms = 0);
    double until_refused(const Stopwatch& watch, Reader& reader, const std::string& login) {
        return until(watch, [&] { return !reader.works(login); });
    }
    std::string working_log_in(Reader& reader) {
        auto login = reader.log_in();
        if (!reader.works(login)) throw Failure("a card does not work before it is stopped");
        return login;
    }

    tests::RunningCountry& country_;
    Clerk& window_;
    Clerk hotline_;
    std::vector<double> page_ms_, said_ms_, telephone_ms_, authority_ms_, found_ms_, gaps_ms_;
};

double Stops::until(const Stopwatch& watch, const std::function<bool()>& is_so, double stays_ms) {
    std::optional<double> since;
    for (double last = watch.ms();;) {
        const bool so = is_so();
        const auto now = watch.ms();
        if (stays_ms == 0) gaps_ms_.push_back(now - last);
        last = now;
        since = so ? since.value_or(now) : std::optional<double>();
        if (since && now - *since >= stays_ms) return *since;
        if (now > patience_ms) throw Failure("the relay does not hear of a card");
        tests::pause_ms(ask_every_ms);
    }
}

// As a browser posts it, on a connection of its own.
void Stops::by_page(Reader& reader, const CardInHand& card) {
    const auto login = working_log_in(reader);
    http::Form form;
    form.set("lang", "en");
    form.set("code", card.stop_code);
    form.set("year", card.birth_date.substr(0, 4));
    form.set("month", card.birth_date.substr(5, 2));
    form.set("day", card.birth_date.substr(8, 2));
    std::string said;
    const Stopwatch watch;
    Beside browser([&, text = http::form_text(form)] {
        cli::Window page(country_.places(), country_.directory());
        said = page.send_form("/stop", text).body;
        said_ms_.push_back(watch.ms());
    });
    page_ms_.push_back(until_refused(watch, reader, login));
    browser.get();
    if (said.find("The card is stopped.") == said.npos) {
        throw Failure("the page does not say that a card is stopped");
    }
}

// The clerk has logged in before the telephone rings, and asks what the caller answers.
void Stops::by_telephone(Reader& reader, const CardInHand& card) {
    const auto login = working_log_in(reader);
    hotline_.ask("/people/find", {{"number", card.number}});
    const Stopwatch watch;
    Beside clerk([&] {
        hotline_.ask("/cases/open",
                     {{"kind", "stop"}, {"person", card.number}, {"reason", "lost"}});
    });
    telephone_ms_.push_back(until_refused(watch, reader, login));
    clerk.get();
}

// The person's newest case is the stop. Until the relay takes log-ins again, and goes on with it:
// it may read only now the list that the authority made for the stop.
void Stops::found(Reader& reader, const CardInHand& card) {
    const auto people = window_.ask("/people/find", {{"number", card.number}});
    const auto& person = people.at("people").at(0).as_object();
    const auto stop = text_at(person.at("cases").at(0).as_object(), "number");
    if (window_.wait_for({stop}, "look_for").empty()) throw Failure("a stop does not end");
    const Stopwatch watch;
    Beside clerk([&] { window_.act(stop, {{"what", "found"}}); });
    found_ms_.push_back(until(watch, [&] { return reader.works(reader.log_in()); }, lists_read_ms));
    clerk.get();
    window_.wait_for({stop}, "");
}

// An order at the authority, as its gateway writes it; the centre tells the relay nothing, which
// hears of it by the authority's list only.
void Stops::at_authority(Reader& reader) {
    const auto login = working_log_in(reader);
    const auto serial = reader.serial();
    db::Connection authority(country_.path("state/ca/ca.sqlite"), db::Access::read_write);
    const Stopwatch watch;
    authority
        .prepare(
            "insert into ordered (order_id, received_at, log_index, number, act, serial, reason) "
            "select serial, 1, log_index + 1, number, 'revoke', serial, 'key-compromise' "
            "from certificate where serial = :serial")
        .bind("serial", serial)
        .execute();
    if (authority.changes() != 1) throw Failure("the authority has no such certificate");
    authority_ms_.push_back(until_refused(watch, reader, login));
}

void add(std::vector<Figure>& out, const std::string& measure, const std::vector<double>& ms,
         bool has_goal = true) {
    const auto goal = has_goal ? std::optional(Goal{Goal::Kind::at_most, goal_ms}) : std::nullopt;
    out.push_back({.measure = measure, .unit = "ms", .samples = ms});
    out.push_back(
        {.measure = "… 95 of 100", .unit = "ms", .samples = {percentile(ms, most_times)}});
    out.push_back(
        {.measure = "… the slowest", .unit = "ms", .goal = goal, .samples = {percentile(ms, 1)}});
}

std::vector<Figure> Stops::figures() const {
    fmt::print(
        "\n{} cards; whether it refuses them the relay was asked every {:.1f} ms, {:.1f} at the "
        "most\n",
        page_ms_.size(), median(gaps_ms_), percentile(gaps_ms_, 1));
    std::vector<Figure> out;
    add(out, "stopped by the page: sent, until the relay refuses the card", page_ms_);
    add(out, "… until the page says so", said_ms_);
    add(out, "stopped by telephone: sent, until the relay refuses the card", telephone_ms_);
    add(out, "revoked at the authority alone, until the relay refuses the card", authority_ms_);
    add(out, "found: sent, until the relay takes log-ins for good", found_ms_, /*has_goal=*/false);
    return out;
}

}  // namespace

std::vector<Figure> measure_stops(tests::RunningCountry& country, Clerk& window,
                                  const std::vector<CardInHand>& cards) {
    Stops stops(country, window);
    for (const auto& card : cards)
        stops.measure(card);
    return stops.figures();
}

}  // namespace mado::bench
