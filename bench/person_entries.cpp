#include "person_entries.hpp"

#include <fmt/format.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/json.hpp>
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
    relay::EventFeeds event_feeds;
    relay::CardLists card_lists{place.directory, "", place.log};
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
                         .event_feeds = event_feeds,
                         .card_lists = card_lists,
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
        const auto cpu_before = process_cpu_us();
        const Stopwatch watch;
        work();
        ms += watch.ms();
        cpu_ms += (process_cpu_us() - cpu_before) / 1e3;
    }
};

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

wire::Answer open_page(const Place& place, const Page& page) {
    auto answer = wire::open_answer(page.sealed, place.country.seal_to,
                                    {.from = place.directory.relay(),
                                     .order = page.head,
                                     .service = wire::service_id("entries"),
                                     .now = unix_now()});
    if (!answer) throw Failure(fmt::format("a page is refused: {}", answer.error().why));
    return std::move(*answer);
}

// All pages, as the relay sends them, one after the other.
std::vector<Page> answer_pages(const Relay& relay, const PlantedLog& planted, Spent& spent) {
    relay::Reader reader(relay.place.database(), relay.place.vault());
    std::vector<Page> out;
    std::int64_t after = 0;
    for (bool more = true; more;) {
        spent.add([&] { out.push_back(answer_page(relay, reader, planted, after)); });
        const auto answer = open_page(relay.place, out.back());
        after += static_cast<std::int64_t>(answer.data->at("entries").as_array().size());
        more = answer.data->at("more").as_bool();
    }
    return out;
}

// What the client makes of them; how many entries there were.
std::int64_t read_pages(const Place& place, const Orders& orders, const std::vector<Page>& pages,
                        Spent& spent) {
    std::int64_t entries = 0;
    const auto policy = wire::Policy::parse(R"({"utc_offset_s":0,"policies":[]})").value();
    const client::EntriesReader reader{
        .directory = place.directory, .policy = policy, .card = orders.card().certificate};
    client::EntriesSoFar so_far;
    spent.add([&] {
        for (const auto& page : pages) {
            const auto read =
                client::read_entries_page(reader, *open_page(place, page).data, so_far);
            if (!read) throw Failure(fmt::format("a page is refused: {}", read.error().why));
            entries += static_cast<std::int64_t>(read->entries.size());
        }
    });
    return entries;
}

}  // namespace

std::vector<Figure> measure_person(const Place& place, const Orders& orders,
                                   const PlantedLog& planted, int samples) {
    const auto what = fmt::format("one person's {} entries: ", planted.own_entries);
    const Goal a_second{.kind = Goal::Kind::at_most, .value = 1000};
    Figure cold{.measure = what + "opened, proven, sent (cold)", .unit = "ms"};
    Figure warm{.measure = what + "opened, proven, sent (warm)", .unit = "ms", .goal = a_second};
    Figure verified{.measure = what + "verified by the client", .unit = "ms"};
    Figure relay_cpu{.measure = what + "processor time of the relay (warm)", .unit = "ms"};
    Figure client_cpu{.measure = what + "processor time of the client", .unit = "ms"};
    for (int i = 0; i < samples; ++i) {
        place.forget_cached_pages();
        const Relay relay(place);
        for (auto* figure : {&cold, &warm}) {
            Spent relay_spent;
            Spent client_spent;
            const auto pages = answer_pages(relay, planted, relay_spent);
            if (read_pages(place, orders, pages, client_spent) != planted.own_entries) {
                throw Failure("entries are missing");
            }
            figure->samples.push_back(relay_spent.ms);
            if (figure == &warm) relay_cpu.samples.push_back(relay_spent.cpu_ms);
            verified.samples.push_back(client_spent.ms);
            client_cpu.samples.push_back(client_spent.cpu_ms);
        }
    }
    return {cold, warm, relay_cpu, verified, client_cpu};
}

}  // namespace mado::bench
