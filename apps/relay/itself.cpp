#include "itself.hpp"

#include <boost/json.hpp>
#include <charconv>

#include "wire/answer.hpp"

namespace mado::relay {
namespace {

std::optional<std::int64_t> number_of(const std::string& text) {
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size() || value < 0) return std::nullopt;
    return value;
}

// Of the head's parameters every one is known and fits.
std::optional<Page> read_page(const wire::Head& head) {
    Page page;
    for (const auto& [name, text] : head.parameters) {
        const auto value = number_of(text);
        if (!value) return std::nullopt;
        if (name == "after") {
            page.after = *value;
        } else if (name == "limit" && *value >= 1 && *value <= page_max) {
            page.limit = *value;
        } else {
            return std::nullopt;
        }
    }
    return page;
}

json::object bells_data(Reader& reader, PersonRow person, const Page& page) {
    // One more than asked says whether there are more.
    auto rung = reader.bells(person, page.after, page.limit + 1);
    const bool more = static_cast<std::int64_t>(rung.size()) > page.limit;
    if (more) rung.pop_back();
    json::array bells;
    for (const auto& bell : rung) {
        bells.push_back(json::object{
            {"id", bell.id}, {"seq", bell.seq}, {"first", bell.first}, {"at", bell.rung_at}});
    }
    return {{"more", more}, {"bells", std::move(bells)}};
}

}  // namespace

std::expected<std::string, wire::Code> answer_itself(const Shared& shared, Reader& reader,
                                                     const OwnQuestion& question) {
    const auto& head = question.head;
    const auto page = read_page(head);
    if (!page) return std::unexpected(wire::Code::malformed);
    auto data = [&]() -> std::expected<json::object, wire::Code> {
        if (head.service.text() == "entries") {
            return entries_data(shared, reader, question.person, *page);
        }
        if (head.service.text() == "bells") return bells_data(reader, question.person, *page);
        return std::unexpected(wire::Code::service_unknown);
    }();
    if (!data) return std::unexpected(data.error());
    const wire::Answer answer{.issuer = shared.directory.relay().id,
                              .audience = head.seal_to.thumbprint(),
                              .order = question.head_hash,
                              .issued_at = question.now,
                              .service = head.service,
                              .as_of = question.now,
                              .data = json::serialize(*data)};
    return wire::seal_answer(answer, shared.kid, shared.signing_key, head.seal_to);
}

}  // namespace mado::relay
