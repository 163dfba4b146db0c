#include "stream_bench.hpp"

#include "../tests/country_fixture.hpp"
#include "http/all_of.hpp"

namespace mado::bench {
namespace {

using client::Asker;
using client::Prepared;
using Requests = std::vector<Prepared>;
using http::Task;

constexpr int connections = 16;

// A person who has logged in, and asks whether she is insured.
class Questions {
  public:
    explicit Questions(tests::RunningCountry& country)
        : asker_(country.directory(), country.office("portal")) {
        auto mandate = country.mandate("portal");
        mandate.kind = wire::MandateKind::login;
        mandate.scope = {tests::service("eligibility")};
        mandate.expires = mandate.issued_at + wire::login_lifetime_s;
        subject_ = to_bytes(wire::mandate_subject(country.sign(mandate, "hanako")));
    }
    // They live for a minute.
    [[nodiscard]] Requests make(int count) const {
        Requests out;
        for (int i = 0; i < count; ++i) {
            out.push_back(asker_.prepare(
                {.to = {.holder = {}, .kind = tests::code_id("medical-insurer"), .position = 1},
                 .service = tests::service("eligibility"),
                 .purpose = tests::code_id("own-view"),
                 .parameters = {{"on", "2026-11-22"}},
                 .subject = subject_}));
        }
        return out;
    }

  private:
    Asker asker_;
    Bytes subject_;
};

// How many were answered.
Task<int> send_in_turn(const wire::Directory& directory, const client::Identity& identity,
                       Requests requests) {
    Asker asker(directory, identity);
    int answered = 0;
    for (auto& request : requests) {
        const auto reply = co_await asker.send(std::move(request));
        if (reply) ++answered;
    }
    co_return answered;
}

Task<int> send_side_by_side(const wire::Directory& directory, const client::Identity& identity,
                            Requests requests) {
    std::vector<Requests> parts(connections);
    for (std::size_t i = 0; i < requests.size(); ++i)
        parts[i % connections].push_back(std::move(requests[i]));
    std::vector<Task<int>> tasks;
    for (auto& part : parts)
        tasks.push_back(send_in_turn(directory, identity, std::move(part)));
    int answered = 0;
    for (const auto one : co_await http::all_of(std::move(tasks)))
        answered += one;
    co_return answered;
}

Task<int> send_on_a_stream(const wire::Directory& directory, const client::Identity& identity,
                           Requests requests) {
    Asker asker(directory, identity);
    int answered = 0;
    co_await asker.send_all(std::move(requests), [&answered](std::size_t, auto reply) {
        if (reply) ++answered;
    });
    co_return answered;
}

using Way = Task<int> (*)(const wire::Directory&, const client::Identity&, Requests);

// Orders a second: sent, logged, answered by the holder, opened and verified.
double orders_per_s(tests::RunningCountry& country, const Questions& questions, Way way,
                    int count) {
    auto requests = questions.make(count);
    const Stopwatch watch;
    const int answered =
        tests::wait_for(way(country.directory(), country.office("portal"), std::move(requests)));
    const auto ms = watch.ms();
    if (answered != count) throw Failure("not every request was answered");
    return count / ms * 1'000;
}

}  // namespace

std::vector<Figure> measure_stream(const StreamSettings& settings) {
    tests::RunningCountry country(settings.people);
    const Questions questions(country);
    Figure alone{.measure = "orders answered, one after the other on one connection",
                 .unit = "a second"};
    Figure beside{.measure = "orders answered, on 16 connections side by side", .unit = "a second"};
    Figure stream{.measure = "orders answered, on one stream", .unit = "a second"};
    // In turn, so that a machine that others use too is equally busy for all of them. One after the
    // other is slow: a tenth of them.
    for (int i = 0; i < settings.samples; ++i) {
        alone.samples.push_back(
            orders_per_s(country, questions, send_in_turn, std::max(1, settings.orders / 10)));
        beside.samples.push_back(
            orders_per_s(country, questions, send_side_by_side, settings.orders));
        stream.samples.push_back(
            orders_per_s(country, questions, send_on_a_stream, settings.orders));
    }
    return {alone, beside, stream};
}

}  // namespace mado::bench
