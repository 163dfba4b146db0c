#include "wire/services/pension_record.hpp"

#include <algorithm>
#include <array>
#include <tuple>

namespace mado::wire {
namespace {

using benefit::Category;
using benefit::InsuredMonth;
using benefit::Month;
using benefit::Scheme;
using benefit::Status;
using Kind = PensionItemKind;

constexpr std::int64_t yen_max = 100'000'000;
constexpr std::int64_t age_max = 120;
constexpr int adult = 20;
constexpr int insured_until = 60;

template <class T>
struct Word {
    std::string_view text;
    T value;
};

constexpr std::array<Word<PensionBody>, 4> bodies{{{"state", PensionBody::state},
                                                   {"national-fund", PensionBody::national_fund},
                                                   {"employees-fund", PensionBody::employees_fund},
                                                   {"federation", PensionBody::federation}}};

constexpr std::array<Word<Kind>, 10> kinds{{{"category", Kind::category},
                                            {"payment", Kind::payment},
                                            {"employment", Kind::employment},
                                            {"pay", Kind::pay},
                                            {"bonus", Kind::bonus},
                                            {"share", Kind::share},
                                            {"membership", Kind::membership},
                                            {"premium", Kind::premium},
                                            {"promise", Kind::promise},
                                            {"award", Kind::award}}};

template <class T, std::size_t n>
std::optional<T> find(const std::array<Word<T>, n>& words, std::string_view text) {
    const auto* found = std::ranges::find(words, text, &Word<T>::text);
    return found == words.end() ? std::nullopt : std::optional(found->value);
}

Month month_of(std::string_view text) {
    return benefit::month_of(parse_month(text).value_or(Date{}));
}

// Reads the columns of a row; remembers whether all that was asked for was there and in bounds.
class Reading {
  public:
    explicit Reading(const Row& row) : row_(row) {}

    std::int64_t integer(std::string_view column, std::int64_t min, std::int64_t max) {
        const auto value = optional_integer(column, min, max);
        if (!value) good_ = false;
        return value.value_or(min);
    }
    std::optional<std::int64_t> optional_integer(std::string_view column, std::int64_t min,
                                                 std::int64_t max) {
        const auto value = row_.integer(column);
        if (value && (*value < min || *value > max)) good_ = false;
        return value;
    }
    bool flag(std::string_view column, bool otherwise = false) {
        return optional_integer(column, 0, 1).value_or(otherwise ? 1 : 0) == 1;
    }
    template <class Find>
    auto word(std::string_view column, Find find) {
        const auto text = row_.text(column);
        const auto value = text ? find(*text) : std::nullopt;
        if (!value) good_ = false;
        return value.value_or(typename decltype(value)::value_type{});
    }
    std::string text(std::string_view column) {
        const auto text = row_.text(column);
        if (!text) good_ = false;
        return text.value_or("");
    }
    int age(std::string_view column) { return static_cast<int>(integer(column, 1, age_max)); }
    [[nodiscard]] bool good() const { return good_; }

  private:
    const Row& row_;
    bool good_ = true;
};

// Of what a person pays for alone: the others follow from category and employment.
std::optional<Status> find_payment(std::string_view text) {
    const auto status = benefit::find_status(text);
    const bool other =
        status == Status::employees || status == Status::third || status == Status::not_joined;
    return other ? std::nullopt : status;
}

std::optional<Category> find_joined(std::string_view text) {
    const auto category = benefit::find_category(text);
    return category == Category::none ? std::nullopt : category;
}

void read_of_kind(Reading& in, const Row& row, PensionItem& item) {
    switch (item.kind) {
        case Kind::category:
            item.category = in.word("category", find_joined);
            return;
        case Kind::payment:
            item.status = in.word("status", find_payment);
            item.additional = in.flag("additional");
            return;
        case Kind::employment:
            item.workplace = in.text("workplace");
            item.fund = in.flag("fund");
            return;
        case Kind::pay:
            item.yen = in.integer("yen", 1, benefit::pay_yen_max);
            return;
        case Kind::bonus:
            item.yen = in.integer("yen", 1, benefit::bonus_yen_max);
            return;
        case Kind::share:
            item.yen = in.integer("yen", 0, benefit::pay_yen_max);
            return;
        case Kind::membership:
            item.scheme = in.word("scheme", benefit::find_scheme);
            item.workplace = row.text("workplace").value_or("");
            return;
        case Kind::premium:
            item.scheme = in.word("scheme", benefit::find_scheme);
            item.yen = in.integer("yen", 0, yen_max);
            return;
        case Kind::promise:
            item.scheme = in.word("scheme", benefit::find_scheme);
            item.earned_yen = in.integer("earned_yen", 0, yen_max);
            item.continued_yen = in.integer("continued_yen", 0, yen_max);
            item.from_age = in.age("from_age");
            if (row.integer("until_age")) item.until_age = in.age("until_age");
            return;
        case Kind::award:
            item.scheme = in.word("scheme", benefit::find_scheme);
            item.yen = in.integer("yen", 0, yen_max);
            if (row.integer("claim_age")) item.claim_age = in.age("claim_age");
            if (row.integer("until_age")) item.until_age = in.age("until_age");
            return;
    }
}

Parsed<PensionItem> read_item(const Row& row, const PensionRecord& record) {
    Reading in(row);
    PensionItem item;
    item.kind = in.word("kind", [](std::string_view text) { return find(kinds, text); });
    if (!in.good()) return bad("an item of an unknown kind");
    item.from = month_of(*row.text("from"));
    if (const auto to = row.text("to")) item.to = month_of(*to);
    if (item.from < benefit::month_of(record.birth) || (item.to && *item.to < item.from)) {
        return bad("an item ends before it begins, or began before birth");
    }
    read_of_kind(in, row, item);
    if (!in.good()) return bad("an item's value is missing or out of bounds");
    const bool of_state = item.kind == Kind::category || item.kind == Kind::payment ||
                          item.kind == Kind::employment || item.kind == Kind::pay ||
                          item.kind == Kind::bonus || item.kind == Kind::share;
    if (item.kind != Kind::award && of_state != (record.body == PensionBody::state)) {
        return bad("an item that such a body does not have");
    }
    return item;
}

// --- the state's months ---

class Months {
  public:
    explicit Months(const PensionRecord& record) : record_(record) {
        auto last = benefit::month_of(benefit::attained_on(record.birth, insured_until)) -
                    std::chrono::months(1);
        first_ = benefit::month_of(benefit::attained_on(record.birth, adult));
        for (const auto& item : record.items) {
            if (item.kind == Kind::award) continue;
            first_ = std::min(first_, item.from);
            last = std::max(last, item.to.value_or(record.recorded_to));
        }
        last_ = std::min(last, record.recorded_to);
    }

    std::vector<InsuredMonth> fill() {
        for (auto month = first_; month <= last_; month += std::chrono::months(1))
            months_.emplace_back().month = month;
        employed_.resize(months_.size());
        payment_.resize(months_.size());
        for (const auto& item : record_.items)
            add(item);
        for (std::size_t i = 0; i < months_.size(); ++i)
            months_[i].status = status_of(i);
        return std::move(months_);
    }

  private:
    void add(const PensionItem& item) {
        const auto from = std::max(item.from, first_);
        const auto to = std::min(item.to.value_or(last_), last_);
        for (auto month = from; month <= to; month += std::chrono::months(1)) {
            const auto at = static_cast<std::size_t>((month - first_).count());
            auto& one = months_[at];
            switch (item.kind) {
                case Kind::category:
                    one.category = item.category;
                    break;
                case Kind::payment:
                    payment_[at] = item.status;
                    one.additional = item.additional;
                    break;
                case Kind::employment:
                    employed_[at] = true;
                    one.fund = one.fund || item.fund;
                    break;
                case Kind::pay:  // of all employers together (二以上事業所勤務)
                    one.pay_yen = one.pay_yen.value_or(0) + item.yen;
                    break;
                case Kind::bonus:
                    one.bonus_yen += item.yen;
                    break;
                case Kind::share:
                    one.paid_yen = one.paid_yen.value_or(0) + item.yen;
                    break;
                case Kind::membership:
                case Kind::premium:
                case Kind::promise:
                case Kind::award:
                    break;
            }
        }
    }
    [[nodiscard]] Status status_of(std::size_t at) const {
        const auto category = months_[at].category;
        if (employed_[at]) return Status::employees;
        if (category == Category::third) return Status::third;
        if (payment_[at]) return *payment_[at];
        const bool pays_alone = category == Category::first || category == Category::voluntary;
        return pays_alone ? Status::unpaid : Status::not_joined;
    }

    const PensionRecord& record_;
    Month first_{}, last_{};
    std::vector<InsuredMonth> months_;
    std::vector<bool> employed_;
    std::vector<std::optional<Status>> payment_;
};

}  // namespace

std::string_view code(PensionBody body) {
    return std::ranges::find(bodies, body, &Word<PensionBody>::value)->text;
}

Parsed<PensionRecord> read_pension_record(const Row& row, const std::vector<Row>& items) {
    Reading in(row);
    PensionRecord record;
    record.body = in.word("body", [](std::string_view text) { return find(bodies, text); });
    record.name = *row.text("name");
    record.office = *row.text("office");
    record.telephone = *row.text("telephone");
    record.birth = *row.date("birth_date");
    const auto sex = row.text("sex").value_or("");
    if (sex == "male") record.sex = benefit::Sex::male;
    if (sex == "female") record.sex = benefit::Sex::female;
    record.resident = in.flag("resident", true);
    record.farmers_pension = in.flag("farmers_pension");
    record.fund_member = in.flag("fund_member");
    record.recorded_to = month_of(*row.text("recorded_to"));
    record.as_of = *row.integer("as_of");
    if (!in.good()) return bad("a person's body or a mark is none of those agreed");
    // Also a limit on how many months there can be.
    const auto age_months =
        benefit::months_between(benefit::month_of(record.birth), record.recorded_to);
    if (age_months < 0 || age_months >= static_cast<int>(benefit::months_max)) {
        return bad("the last month that is recorded does not fit the birth date");
    }
    for (const auto& one : items) {
        auto item = read_item(one, record);
        if (!item) return std::unexpected(item.error());
        record.items.push_back(std::move(*item));
    }
    // The category of a month is the later of two (国民年金法11条の2).
    std::ranges::sort(record.items, {}, [](const PensionItem& item) {
        return std::tuple(item.from, item.to.value_or(Month(std::chrono::year::max() / 12)),
                          item.kind, item.workplace);
    });
    return record;
}

Parsed<std::vector<InsuredMonth>> pension_months(const PensionRecord& record) {
    auto months = Months(record).fill();
    if (auto ok = benefit::check_months(months); !ok) return std::unexpected(ok.error());
    return months;
}

}  // namespace mado::wire
