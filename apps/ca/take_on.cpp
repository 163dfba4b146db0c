#include "take_on.hpp"

#include <boost/json.hpp>

#include "base/json.hpp"
#include "crypto/digest.hpp"

namespace mado::ca {
namespace {

constexpr std::size_t line_bytes_max = 8 * 1024;
constexpr std::size_t take_on_lines_max = 10'000'000;

Parsed<Order> read_line(std::string_view line) {
    const auto object = parse_json_object(line, {.text_bytes_max = line_bytes_max});
    if (!object) return std::unexpected(object.error());
    Members in(*object);
    // What they are worth is seen by the decision, as of every order.
    Order out{.number = in.text("number", 40),
              .act = in.text("act", 40),
              .public_key = in.text("public_key", 2'000),
              .name = in.optional_text("name", 1'000),
              .kana = in.optional_text("kana", 1'000),
              .address = in.optional_text("address", 2'000),
              .birth_date = in.optional_text("birth_date", 40),
              .sex = in.optional_text("sex", 40)};
    if (auto ok = in.finish(); !ok) return std::unexpected(ok.error());
    if (!out.act.starts_with("issue-")) return bad("a take-on issues, and nothing else");
    return out;
}

}  // namespace

Parsed<std::vector<Order>> read_take_on(std::string_view text) {
    std::vector<Order> out;
    while (!text.empty()) {
        const auto end = text.find('\n');
        auto order = read_line(text.substr(0, end));
        if (!order) return std::unexpected(order.error());
        out.push_back(std::move(*order));
        text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
    }
    return out;
}

std::string take_on_id(const Hash& file, std::int64_t line) {
    Bytes place;
    append_u64(place, static_cast<std::uint64_t>(line));
    return base64url(crypto::sha256({as_bytes("mado/take-on/1\n"), file, place}));
}

TakenOn take_on(Store& store, Office& office, std::string_view text, UnixTime now) {
    const auto orders = read_take_on(text);
    if (!orders) {
        throw OperatorError(std::string("nothing of the file was ordered: ") + orders.error().why);
    }
    // Here no register is known that could stand behind what a gateway has taken in.
    for (const auto& waiting : store.undecided(take_on_lines_max)) {
        if (!waiting.taken_on) {
            throw OperatorError(
                "an order waits to be decided: start mado-ca, let it end its work, "
                "stop it, then take on");
        }
    }
    const auto file = crypto::sha256(as_bytes(text));
    std::vector<Ordered> all;
    for (const auto& order : *orders) {
        const auto line = static_cast<std::int64_t>(all.size()) + 1;
        all.push_back({.id = take_on_id(file, line), .order = order});
    }
    store.order(all, now);
    while (office.work(now)) {
    }
    TakenOn out;
    for (const auto& one : all) {
        const auto became = store.became(one.id);
        if (!became) throw Failure("an order of the file was not decided");
        json::object line{{"number", one.order.number}, {"act", one.order.act}};
        if (became->refusal.empty()) {
            line["certificate"] = became->certificate;
            ++out.issued;
        } else {
            line["refusal"] = became->refusal;
            ++out.refused;
        }
        out.lines += json::serialize(line) + "\n";
    }
    return out;
}

}  // namespace mado::ca
