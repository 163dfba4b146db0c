#include "person_entries.hpp"

#include <fmt/format.h>

#include <boost/asio/co_spawn.hpp>
#include <functional>

#include "client/entries.hpp"
#include "crypto/digest.hpp"
#include "relay/itself.hpp"

namespace mado::bench {
namespace {

// What entries_data reads of it: the directory, the store and its writer.
struct Relay {
    explicit Relay(const Place& given) : place(given), writer(place.open_writer()) {}

    const Place& place;
    std::unique_ptr<relay::LogWriter> writer;
    wire::Policy policy = wire::Policy::parse(R"({"utc_offset_s":0,"policies":[]})").value();
    wire::Schemes schemes = wire::test_schemes();
    std::string kid = wire::kid_of(place.country.relay);
    std::atomic<bool> contradicted = false;
    relay::Mandates mandates;
    relay::Holders holders;
    http::Metrics metrics;
    relay::Shared shared{.directory = place.directory,
                         .policy = policy,
                         .schemes = schemes,
                         .vault = place.vault(),
                         .log = place.log,
                         .signing_key = place.country.relay,
                         .kid = kid,
                         .sealing_key = place.country.relay,
                         .mandates = mandates,
                         .writer = *writer,
                         .log_contradicted = contradicted,
                         .holders = holders,
                         .requests = metrics.counters("requests", "…", {"service", "code"}),
                         .latency_s = metrics.histogram("latency", "…", {1})};
};

struct Page {
    std::string sealed;
    Hash head{};
};

struct Spent {
    double ms = 0;
    double cpu_ms = 0;

    void add(const std::function<void()>& work) {
        const auto cpu_before = thread_cpu_us();
        const Stopwatch watch;
        work();
        ms += watch.ms();
        cpu_ms += (thread_cpu_us() - cpu_before) / 1e3;
    }
};

std::int64_t entries_in(const std::vector<client::EntriesPage>& pages) {
    std::int64_t out = 0;
    for (const auto& page : pages)
        out += static_cast<std::int64_t>(page.entries.size());
    return out;
}

// Answers one page as it is sent: opened, proven, signed, sealed to the asker.
Page answer_page(const Relay& relay, relay::Reader& reader, const PlantedLog& planted,
                 std::int64_t after) {
    auto head = relay.place.country.head();
    head.service = wire::service_id("entries");
    head.parameters = {{"after", std::to_string(after)}};
    Page out{.sealed = {}, .head = crypto::random_hash()};
    const auto& portal = *relay.place.directory.find("clinic-1");
    http::asio::io_context io{1};
    http::asio::co_spawn(io,
                         relay::answer_itself(relay.shared, reader,
                                              {.head = head,
                                               .head_hash = out.head,
                                               .participant = portal,
                                               .person = planted.reader,
                                               .payload = {},
                                               .now = unix_now()}),
                         [&out](std::exception_ptr failed, auto answer) {
                             if (failed) std::rethrow_exception(failed);
                             if (!answer) throw Failure("the relay refuses a page");
                             out.sealed = std::move(*answer);
                         });
    io.run();
    return out;
}

client::EntriesPage read_page(const Place& place, const Orders& orders, const Page& page,
                              std::int64_t after) {
    const auto service = wire::service_id("entries");
    const auto answer = wire::open_answer(page.sealed, place.country.seal_to,
                                          {.from = place.directory.relay(),
                                           .order = page.head,
                                           .service = service,
                                           .now = unix_now()});
    if (!answer) throw Failure(fmt::format("a page is refused: {}", answer.error().why));
    auto read =
        client::read_entries_page(place.directory, orders.card().certificate, *answer->data, after);
    if (!read) throw Failure(fmt::format("a page is refused: {}", read.error().why));
    return std::move(*read);
}

}  // namespace

std::vector<Figure> measure_person(const Place& place, const Orders& orders,
                                   const PlantedLog& planted, int samples) {
    const auto what = fmt::format("one person's {} entries: ", planted.own_entries);
    const Goal a_second{.kind = Goal::Kind::at_most, .value = 1000};
    Figure cold{.measure = what + "opened, proven, sent (cold)", .unit = "ms", .goal = a_second};
    Figure warm{.measure = what + "opened, proven, sent (warm)", .unit = "ms", .goal = a_second};
    Figure verified{.measure = what + "verified by the client", .unit = "ms", .goal = a_second};
    Figure relay_cpu{.measure = what + "processor time of the relay (warm)", .unit = "ms"};
    Figure client_cpu{.measure = what + "processor time of the client", .unit = "ms"};
    for (int i = 0; i < samples; ++i) {
        place.forget_cached_pages();
        const Relay relay(place);
        for (auto* figure : {&cold, &warm}) {
            relay::Reader reader(place.database(), place.vault());
            std::vector<client::EntriesPage> pages;
            Spent relay_spent;
            Spent client_spent;
            for (bool more = true; more; more = pages.back().more) {
                const auto after = entries_in(pages);
                Page page;
                relay_spent.add([&] { page = answer_page(relay, reader, planted, after); });
                client_spent.add([&] { pages.push_back(read_page(place, orders, page, after)); });
            }
            if (entries_in(pages) != planted.own_entries) throw Failure("entries are missing");
            figure->samples.push_back(relay_spent.ms);
            if (figure == &warm) relay_cpu.samples.push_back(relay_spent.cpu_ms);
            verified.samples.push_back(client_spent.ms);
            client_cpu.samples.push_back(client_spent.cpu_ms);
        }
    }
    return {cold, warm, relay_cpu, verified, client_cpu};
}

}  // namespace mado::bench
