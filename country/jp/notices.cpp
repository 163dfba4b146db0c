#include "notices.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>
#include <charconv>
#include <utility>

#include "base/file.hpp"
#include "calendar.hpp"

namespace mado::country {
namespace {

constexpr std::size_t list_max = 100;
constexpr std::size_t notices_max = 6;
constexpr std::size_t paragraph_bytes_max = 1'000;
constexpr std::int64_t yen_max = 1'000'000;
constexpr int years_kept = 5;
// So that what somebody is told does not hang together with what they are treated for.
constexpr std::uint64_t own_draw = 0x6e6f7469636573;

constexpr std::string_view amount_mark = "{amount}";
constexpr std::string_view deadline_mark = "{deadline}";
// Filled in by the state alone, which has many offices: the one that the person belongs to.
constexpr std::string_view office_mark = "{office}";

void finish(Members& inner, Members& outer) {
    if (const auto ok = inner.finish(); !ok) outer.refuse(ok.error().why);
}

Holder holder_of(Members& in, std::string_view id) {
    for (const auto holder :
         {Holder::society, Holder::city, Holder::late_elderly, Holder::care, Holder::state_pension,
          Holder::national_fund, Holder::employees_fund, Holder::federation}) {
        if (holder_id(holder) == id) return holder;
    }
    in.refuse("a notice of an unknown holder");
    return Holder::city;
}

std::pair<std::int64_t, std::int64_t> two_numbers(Members& in, std::string_view name) {
    const auto& values = in.array(name, 2);
    if (values.size() == 2 && values[0].is_int64() && values[1].is_int64()) {
        return {values[0].get_int64(), values[1].get_int64()};
    }
    in.refuse("a range is not two numbers");
    return {0, 0};
}

bool mentions(const NoticeForm& form, std::string_view mark) {
    return std::ranges::any_of(form.body,
                               [mark](const std::string& text) { return text.contains(mark); });
}

void replace_all(std::string& text, std::string_view mark, const std::string& by) {
    for (auto at = text.find(mark); at != std::string::npos; at = text.find(mark, at + by.size()))
        text.replace(at, mark.size(), by);
}

std::string with_commas(std::int64_t yen) {
    auto text = std::to_string(yen);
    for (auto at = static_cast<std::int64_t>(text.size()) - 3; at > 0; at -= 3)
        text.insert(static_cast<std::size_t>(at), ",");
    return text;
}

bool is_pension(Holder holder) {
    return std::ranges::find(pension_holders, holder) != pension_holders.end();
}

bool in_force(const Coverage& coverage, Date day) {
    return coverage.from <= day && (!coverage.last || day <= *coverage.last);
}

// The last six, in the order of their days.
void keep_newest(std::vector<Notice>& notices) {
    std::ranges::sort(notices, [](const Notice& a, const Notice& b) {
        return std::pair(a.sent, a.form) < std::pair(b.sent, b.form);
    });
    if (notices.size() <= notices_max) return;
    notices.erase(notices.begin(), notices.end() - static_cast<std::ptrdiff_t>(notices_max));
}

}  // namespace

std::string filled_in(const std::string& text, const Notice& notice) {
    auto out = text;
    if (notice.amount_yen) replace_all(out, amount_mark, with_commas(*notice.amount_yen));
    if (notice.deadline) {
        const auto day = *notice.deadline;
        replace_all(
            out, deadline_mark,
            fmt::format("{}年{}月{}日", static_cast<int>(day.year()),
                        static_cast<unsigned>(day.month()), static_cast<unsigned>(day.day())));
    }
    return out;
}

Notices::Event Notices::event_of(Members& in, std::string_view text, Holder holder) {
    if (text == "left-work") return Event::left_work;
    if (is_pension(holder)) {
        if (text == "birth-month") return Event::birth_month;
        if (text == "awarded") return Event::awarded;
        if (text == "invited") return Event::invited;
    } else {
        if (text == "joined") return Event::joined;
        if (text == "certification-ends") return Event::certification_ends;
    }
    in.refuse("a notice after an event that its holder does not know");
    return Event::none;
}

PensionSum Notices::sum_named(Members& in, std::string_view text, Holder holder) {
    if (is_pension(holder)) {
        if (text == "unpaid") return PensionSum::unpaid;
        if (text == "paid-out") return PensionSum::paid_out;
        if (text == "promised") return PensionSum::promised;
        if (text == "premiums") return PensionSum::premiums;
    }
    in.refuse("a sum that its holder does not know");
    return PensionSum::unpaid;
}

Notices::Rule Notices::read_rule(Members& in, Holder holder) {
    Rule rule;
    if (in.has("after")) {
        rule.event = event_of(in, in.text("after"), holder);
        rule.days = in.integer("days", -365, 365);
    } else {
        for (const auto& text : in.texts("on", list_max)) {
            const auto day = parse_date(text);
            if (!day) in.refuse("a day is not YYYY-MM-DD");
            rule.on.push_back(day.value_or(Date{}));
        }
    }
    rule.deadline_days = in.optional_integer("deadline_days", 0, 1000);
    if (in.has("amount_yen")) {
        rule.amount_yen = two_numbers(in, "amount_yen");
        if (rule.amount_yen->first < 0 || rule.amount_yen->first > rule.amount_yen->second ||
            rule.amount_yen->second > yen_max) {
            in.refuse("amounts are out of bounds");
        }
    }
    if (in.has("sum")) {
        rule.sum = sum_named(in, in.text("sum"), holder);
        if (rule.amount_yen) in.refuse("an amount and a sum");
    }
    rule.percent = static_cast<int>(in.integer("percent", 0, 100));
    if (in.has("ages")) {
        const auto [from, to] = two_numbers(in, "ages");
        rule.age_from = static_cast<int>(from);
        rule.age_to = static_cast<int>(to);
    }
    rule.to_head = in.optional_boolean("to_head").value_or(false);
    rule.certified = in.optional_boolean("certified").value_or(false);
    return rule;
}

void Notices::read(Members& outer, const json::value& value) {
    static const json::object none;
    if (!value.is_object()) outer.refuse("an element is no object");
    Members in(value.is_object() ? value.get_object() : none);
    NoticeForm form{.name = in.text("name"),
                    .holder = holder_of(in, in.text("holder")),
                    .subject = in.text("subject"),
                    .sender = in.text("sender"),
                    .procedure = in.optional_text("procedure").value_or(""),
                    .body = in.texts("body", list_max, paragraph_bytes_max)};
    auto rule = read_rule(in, form.holder);
    if (form.body.empty()) in.refuse("a notice without text");
    if (mentions(form, amount_mark) && !rule.amount_yen && !rule.sum) {
        in.refuse("a text names an amount");
    }
    if (mentions(form, office_mark) && form.holder != Holder::state_pension) {
        in.refuse("a text names an office");
    }
    if (mentions(form, deadline_mark) && !rule.deadline_days) in.refuse("a text names a deadline");
    if (std::ranges::find(forms_, form.name, &NoticeForm::name) != forms_.end()) {
        in.refuse("two notices have one name");
    }
    finish(in, outer);
    forms_.push_back(std::move(form));
    rules_.push_back(std::move(rule));
}

Notices::Notices(const std::string& country_folder, Date on) : on_(on) {
    const auto path = country_folder + "/notices.json";
    const auto text = read_file(path);
    if (!text) throw OperatorError("the file " + path + " is missing: give --country country/jp");
    const auto object = must(parse_json_object(*text), path);
    Members in(object);
    for (const auto& value : in.array("notices", list_max))
        read(in, value);
    if (const auto ok = in.finish(); !ok) throw OperatorError(path + ": " + ok.error().why);
}

bool Notices::is_kept(Date sent) const {
    return sent < on_ && sent >= plus_years(on_, -years_kept);
}

void Notices::send(Random& random, const Person& person, std::size_t form, Date event,
                   std::vector<Notice>& out, std::optional<std::int64_t> amount_yen) const {
    const auto& rule = rules_[form];
    const Date sent = plus_days(event, rule.days);
    if (!is_kept(sent) || sent < person.birth) return;
    const int age = age_on(person.birth, sent);
    if (age < rule.age_from || age > rule.age_to || !random.chance(rule.percent)) return;
    Notice notice{.form = form, .sent = sent, .deadline = {}, .amount_yen = amount_yen};
    if (rule.deadline_days) notice.deadline = plus_days(event, *rule.deadline_days);
    if (rule.amount_yen) {
        constexpr std::int64_t step = 100;
        notice.amount_yen =
            random.between(rule.amount_yen->first / step, rule.amount_yen->second / step) * step;
    }
    out.push_back(notice);
}

void Notices::draw_for(Random& random, const Person& person, const Coverage& coverage,
                       std::vector<Notice>& out) const {
    for (std::size_t form = 0; form < forms_.size(); ++form) {
        const auto& rule = rules_[form];
        if (forms_[form].holder != coverage.holder) continue;
        if (rule.to_head && coverage.branch != "01") continue;
        for (const Date day : rule.on) {
            if (in_force(coverage, day)) send(random, person, form, day, out);
        }
        if (rule.event == Event::joined && in_force(coverage, plus_days(coverage.from, rule.days)))
            send(random, person, form, coverage.from, out);
        if (rule.event == Event::left_work && coverage.insured &&
            coverage.end == EndReason::left_work) {
            send(random, person, form, *coverage.last, out);
        }
    }
}

void Notices::draw_for(Random& random, const Person& person, const Care& care,
                       std::vector<Notice>& out) const {
    for (std::size_t form = 0; form < forms_.size(); ++form) {
        const auto& rule = rules_[form];
        if (forms_[form].holder != Holder::care) continue;
        for (const Date day : rule.on) {
            const bool certified = std::ranges::any_of(care.certifications, [day](const auto& one) {
                return one.from <= day && day <= one.last;
            });
            if (care.from <= day && (certified || !rule.certified)) {
                send(random, person, form, day, out);
            }
        }
        if (rule.event == Event::joined) send(random, person, form, care.from, out);
        if (rule.event != Event::certification_ends) continue;
        for (const auto& one : care.certifications)
            send(random, person, form, one.last, out);
    }
}

std::vector<Date> Notices::events_of(const Rule& rule, Holder holder, const Person& person) const {
    const auto& pension = *person.pension;
    switch (rule.event) {
        case Event::none: {
            auto days = rule.on;
            std::erase_if(days, [&](Date day) { return !is_with(holder, pension, day); });
            return days;
        }
        case Event::left_work:
            return left_work(holder, pension);
        case Event::birth_month:
            return birth_months(pension, person.birth, on_);
        case Event::awarded:
            return awarded(pension);
        case Event::invited:
            if (pension.invitation) return {pension.invitation->on};
            return {};
        case Event::joined:
        case Event::certification_ends:
            return {};
    }
    return {};
}

void Notices::draw_for(Random& random, const Person& person, Holder holder,
                       std::vector<Notice>& out) const {
    for (std::size_t form = 0; form < forms_.size(); ++form) {
        const auto& rule = rules_[form];
        if (forms_[form].holder != holder) continue;
        for (const Date event : events_of(rule, holder, person)) {
            std::optional<std::int64_t> yen;
            if (rule.sum) {
                yen = sum_of(*rule.sum, holder, *person.pension, person.birth,
                             plus_days(event, rule.days));
            }
            if (yen != 0) send(random, person, form, event, out, yen);
        }
    }
}

// What follows from the person's pension is not written in people.json.
std::optional<std::int64_t> Notices::named_amount(std::size_t form, const Person& person,
                                                  const NamedNotice& named) const {
    const auto& rule = rules_[form];
    if (rule.amount_yen.has_value() != named.amount_yen.has_value()) {
        throw OperatorError("a notice in people.json has not what its text says");
    }
    if (!rule.sum || !person.pension) return named.amount_yen;
    const auto yen =
        sum_of(*rule.sum, forms_[form].holder, *person.pension, person.birth, named.day);
    if (yen == 0) throw OperatorError("people.json has a notice about no amount");
    return yen;
}

// To the insurance that the person had then, or had had.
void Notices::add_named(Person& person) const {
    for (const auto& named : person.named_notices) {
        const auto found = std::ranges::find(forms_, named.name, &NoticeForm::name);
        if (found == forms_.end()) {
            throw OperatorError("people.json names a notice that notices.json does not have");
        }
        const auto form = static_cast<std::size_t>(found - forms_.begin());
        const auto amount_yen = named_amount(form, person, named);
        if (rules_[form].deadline_days.has_value() != named.deadline.has_value()) {
            throw OperatorError("a notice in people.json has not what its text says");
        }
        if (!is_kept(named.day)) continue;
        std::vector<Notice>* to = nullptr;
        for (auto& coverage : person.coverage) {
            const bool begun = coverage.holder == found->holder && coverage.from <= named.day;
            if (begun) to = &coverage.notices;
        }
        if (found->holder == Holder::care && person.care) to = &person.care->notices;
        if (is_pension(found->holder) && person.pension &&
            has_on_file(found->holder, *person.pension)) {
            to = &person.pension_notices;
        }
        if (to == nullptr) throw OperatorError("people.json has a notice of no insurer of theirs");
        to->push_back({.form = form,
                       .sent = named.day,
                       .deadline = named.deadline,
                       .amount_yen = amount_yen});
    }
}

void Notices::draw(Person& person) const {
    if (person.named_notices.empty()) {
        std::uint64_t number = 0;
        std::from_chars(person.health_care_number.data(),
                        person.health_care_number.data() + person.health_care_number.size(),
                        number);
        Random random(number ^ own_draw);
        for (auto& coverage : person.coverage)
            draw_for(random, person, coverage, coverage.notices);
        if (person.care) draw_for(random, person, *person.care, person.care->notices);
        for (const auto holder : pension_holders) {
            std::vector<Notice> notices;
            if (person.pension) draw_for(random, person, holder, notices);
            keep_newest(notices);
            person.pension_notices.insert(person.pension_notices.end(), notices.begin(),
                                          notices.end());
        }
    } else {
        add_named(person);
    }
    for (auto& coverage : person.coverage)
        keep_newest(coverage.notices);
    if (person.care) keep_newest(person.care->notices);
}

}  // namespace mado::country
