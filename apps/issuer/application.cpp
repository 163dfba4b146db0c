#include "application.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "base/shown.hpp"
#include "decision.hpp"
#include "orders.hpp"

namespace mado::issuer {
namespace {

// As the directory has it: who reads it knows the name, and the id is what counts.
std::string name_of(const Parties& parties, const wire::ParticipantId& id) {
    const auto* found = parties.directory.find(id);
    return fmt::format("{} {}", id.text(), found == nullptr ? "" : found->name);
}

std::string_view title_of(const ToSign& covers) {
    if (!covers.filing) return "出生届";
    return covers.notice ? "出生届と、健康保険の被扶養者などの届出"
                         : "健康保険の被扶養者などの届出";
}

// The child lives with the parent who came first. Where that is may be hidden from the other one
// (DV等支援措置, 住民基本台帳事務処理要領 第5-10 [M]): no paper of theirs says it, nor the number
// by which /status says when the first one is to be at the window.
bool knows_address(const ToSign& covers) {
    return covers.parent == 0;
}

std::vector<std::string> lines_of(const CaseFile& file, const Application& application,
                                  const Parties& parties) {
    const auto& one = file.one;
    const auto& child = *one.person;
    const auto& parent = one.parents.at(static_cast<std::size_t>(application.covers.parent));
    std::vector<std::string> lines{
        std::string(title_of(application.covers)),
        fmt::format("届け出る親: {}（{}生まれ）", with_visible_selectors(parent.attributes.name),
                    to_text(parent.attributes.birth_date)),
        fmt::format("子の氏名: {}", with_visible_selectors(child.name)),
        fmt::format("子の読み: {}", with_visible_selectors(child.kana)),
        fmt::format("子の生年月日: {}", to_text(child.birth_date)),
        fmt::format("子の性別: {}", child.sex == "female" ? "女" : "男"),
        fmt::format("父母との続柄: {}", with_visible_selectors(one.newborn->relation))};
    if (knows_address(application.covers)) {
        lines.insert(lines.begin() + 1, fmt::format("受付番号: {}", file.number));
        lines.push_back(fmt::format("子の住所: {}", with_visible_selectors(child.address)));
    }
    auto handed = application.handed_on.begin();
    if (application.covers.notice) {
        lines.push_back(fmt::format("出生届の届け先: {}", name_of(parties, (handed++)->to)));
    }
    if (application.covers.filing) {
        lines.push_back(fmt::format("健康保険の届け先: {}", name_of(parties, (handed++)->to)));
        lines.emplace_back("健康保険が認めるまで、資格は暫定です。");
        lines.emplace_back("認められないときは、はじめからなかったことになります。");
    }
    if (application.covers.notice) {
        lines.push_back(fmt::format("カード: {}", one.newborn->card ? "作る" : "作らない"));
    }
    return lines;
}

}  // namespace

std::expected<Application, Misfit> application_of(const CaseFile& file, const Parties& parties) {
    const auto& one = file.one;
    const auto covers = to_sign(one);
    if (!covers) return std::unexpected(Misfit::too_early);
    Application out{.covers = *covers,
                    .document = {},
                    .handed_on = {},
                    .services = {std::string(signature_service)},
                    .parent = one.parents.at(static_cast<std::size_t>(covers->parent)).person};
    const auto hand_on = [&out](std::string_view service,
                                std::expected<HandedOn, wire::Code> handed) {
        if (!handed) return false;
        out.handed_on.push_back(std::move(*handed));
        out.services.emplace_back(service);
        return true;
    };
    if ((covers->notice && !hand_on("birth", notice_of(parties, one))) ||
        (covers->filing && !hand_on("dependant", filing_of(parties, one, one.filings.back())))) {
        return std::unexpected(Misfit::unexpected);
    }
    const auto lines = lines_of(file, out, parties);
    out.document = fmt::format("{}", fmt::join(lines, "\n"));
    if (out.document.size() > document_bytes_max || !std::ranges::all_of(lines, &shows_all) ||
        !std::ranges::all_of(out.handed_on, &shows_all, &HandedOn::text)) {
        return std::unexpected(Misfit::unexpected);
    }
    return out;
}

std::optional<Hash> signing_card_of(const KnownPerson& person) {
    for (auto one = person.issued.rbegin(); one != person.issued.rend(); ++one) {
        if (one->card.use != Use::signing || one->standing != Standing::active) continue;
        return read_certificate(one->card.certificate).thumbprint();
    }
    return std::nullopt;
}

Signed signed_of(const Application& application, const std::string& mandate,
                 const std::vector<std::string>& handed_on, std::string evidence) {
    Signed out{
        .parent = application.covers.parent, .mandate = mandate, .evidence = std::move(evidence)};
    auto next = handed_on.begin();
    if (application.covers.notice) out.notice = *next++;
    if (application.covers.filing) out.filing = *next++;
    return out;
}

}  // namespace mado::issuer
