#include "checkup_registers.hpp"

#include <fmt/format.h>

#include "calendar.hpp"
#include "checkups.hpp"

namespace mado::country {
namespace {

constexpr std::array both{Sex::male, Sex::female};

std::string text_of(const CheckupItem& item, std::int64_t value) {
    return item.words.empty() ? decimal(value, item.places)
                              : item.words.at(static_cast<std::size_t>(value));
}

std::string text_of(const CheckupItem& item, const std::optional<std::int64_t>& bound) {
    return bound ? decimal(*bound, item.places) : "";
}

// The city's own code of an item.
std::int64_t koumoku_of(std::size_t item) {
    return 101 + static_cast<std::int64_t>(item);
}

}  // namespace

// ---- 健保 ----

SocietyCheckups::SocietyCheckups(db::Connection& connection, const Written& written)
    : items_(written.items),
      exam_(connection.prepare(
          "insert into exam values (:exam_no, :person_no, :examined_ymd, :place_code,"
          " :place_name, :syndrome_code, :guidance_code, :doctor_note)")),
      value_(connection.prepare(
          "insert into exam_value values (:exam_no, :item_no, :measured, :finding)")) {
    connection.prepare("insert into nightly_batch values ('exams', :ended_at)")
        .bind("ended_at", yyyymmdd(written.dates.on) * 1'000'000 + 51000)
        .execute();
    connection.prepare("insert into exam_month values (:examined_ym)")
        .bind("examined_ym", yyyymm(written.dates.checkups_to))
        .execute();
    auto item = connection.prepare(
        "insert into exam_item values (:item_no, :jlac_code, :name, :unit, :places)");
    auto range = connection.prepare(
        "insert into exam_range values (:item_no, :sex_code, :low, :high, :normal_finding)");
    for (std::size_t i = 0; i < items_.size(); ++i) {
        const auto& one = items_[i];
        const auto item_no = static_cast<std::int64_t>(i + 1);
        item.bind("item_no", item_no)
            .bind("jlac_code", one.code)
            .bind("name", one.name)
            .bind("unit", one.unit)
            .bind("places", std::int64_t{one.places})
            .execute();
        for (const auto sex : both) {
            const auto& its = one.range(sex);
            if (its.words.empty()) continue;
            range.bind("item_no", item_no)
                .bind("sex_code", std::int64_t{sex == Sex::male ? 1 : 2})
                .bind("low", its.low)
                .bind("high", its.high)
                .bind("normal_finding",
                      one.words.empty() ? std::nullopt : std::optional(one.words.front()))
                .execute();
        }
    }
}

void SocietyCheckups::add(std::int64_t person_no, const Coverage& coverage) {
    for (const auto& checkup : coverage.checkups) {
        exam_.bind("exam_no", ++exam_no_)
            .bind("person_no", person_no)
            .bind("examined_ymd", yyyymmdd(checkup.day))
            .bind("place_code", checkup.institution.id)
            .bind("place_name", checkup.institution.name)
            .bind("syndrome_code", checkup.metabolic)
            .bind("guidance_code", checkup.guidance)
            .bind("doctor_note", checkup.doctor)
            .execute();
        for (const auto& value : checkup.values) {
            const auto& item = items_[value.item];
            const bool number = item.words.empty();
            value_.bind("exam_no", exam_no_)
                .bind("item_no", static_cast<std::int64_t>(value.item + 1))
                .bind("measured", number ? std::optional(value.value) : std::nullopt)
                .bind("finding", number ? std::nullopt : std::optional(text_of(item, value.value)))
                .execute();
        }
    }
}

// ---- 国保 ----

CityCheckups::CityCheckups(db::Connection& connection, const Written& written)
    : items_(written.items),
      kenshin_(connection.prepare("insert into kenshin values (:kenshin_no, :kojin_no, :jisshi_bi,"
                                  " :kikan_code, :kikan_mei, :metabo, :shido, :shoken)")),
      kekka_(
          connection.prepare("insert into kenshin_kekka values (:kenshin_no, :koumoku, :kekka)")) {
    connection.prepare("insert into yakan_shori values ('健診', :shuryo)")
        .bind("shuryo", to_text(written.dates.on) + " 05:00:00")
        .execute();
    connection.prepare("insert into kenshin_torikomi values (:jisshi_ym)")
        .bind("jisshi_ym", era_date(written.dates.checkups_to) / 100)
        .execute();
    auto koumoku =
        connection.prepare("insert into kenshin_koumoku values (:koumoku, :jlac, :mei, :tani)");
    auto kijun = connection.prepare(
        "insert into kenshin_kijun values (:koumoku, :seibetsu, :kagen, :jogen, :hyoji)");
    for (std::size_t i = 0; i < items_.size(); ++i) {
        const auto& one = items_[i];
        koumoku.bind("koumoku", koumoku_of(i))
            .bind("jlac", one.code)
            .bind("mei", one.name)
            .bind("tani", one.unit)
            .execute();
        for (const auto sex : both) {
            const auto& its = one.range(sex);
            if (its.words.empty()) continue;
            kijun.bind("koumoku", koumoku_of(i))
                .bind("seibetsu", sex == Sex::male ? "男" : "女")
                .bind("kagen", text_of(one, its.low))
                .bind("jogen", text_of(one, its.high))
                .bind("hyoji", its.words)
                .execute();
        }
    }
}

void CityCheckups::add(std::int64_t kojin_no, const Coverage& coverage) {
    for (const auto& checkup : coverage.checkups) {
        kenshin_.bind("kenshin_no", ++kenshin_no_)
            .bind("kojin_no", kojin_no)
            .bind("jisshi_bi", era_date(checkup.day))
            .bind("kikan_code", checkup.institution.id)
            .bind("kikan_mei", checkup.institution.name)
            .bind("metabo", checkup.metabolic.value_or(0))
            .bind("shido", checkup.guidance.value_or(0))
            .bind("shoken", checkup.doctor)
            .execute();
        for (const auto& value : checkup.values) {
            kekka_.bind("kenshin_no", kenshin_no_)
                .bind("koumoku", koumoku_of(value.item))
                .bind("kekka", text_of(items_[value.item], value.value))
                .execute();
        }
    }
}

// ---- 後期高齢者 ----

LateElderlyCheckups::LateElderlyCheckups(db::Connection& connection, const Written& written)
    : items_(written.items),
      checkup_(connection.prepare(
          "insert into 健康診査 values (:checkup, :number, :day, :code, :name, :doctor)")),
      value_(connection.prepare("insert into 検査値 values (:checkup, :item, :value, :mark)")) {
    connection.prepare("insert into 処理実績 values ('健診結果取込', :ended)")
        .bind("ended", to_text(plus_days(written.dates.on, -1)) + " 23:50:00")
        .execute();
    connection.prepare("insert into 健診取込月 values (:month)")
        .bind("month", to_text(written.dates.checkups_to).substr(0, 7))
        .execute();
    auto item = connection.prepare(
        "insert into 検査項目 values (:item, :code, :name, :unit, :men, :women)");
    for (std::size_t i = 0; i < items_.size(); ++i) {
        const auto& one = items_[i];
        if (one.only_specific) continue;
        item.bind("item", static_cast<std::int64_t>(i + 1))
            .bind("code", one.code)
            .bind("name", one.name)
            .bind("unit", one.unit)
            .bind("men", one.men.words)
            .bind("women", one.women.words)
            .execute();
    }
}

void LateElderlyCheckups::add(const Coverage& coverage) {
    for (const auto& checkup : coverage.checkups) {
        const auto number = fmt::format("K{:08}", ++last_);
        checkup_.bind("checkup", number)
            .bind("number", coverage.number)
            .bind("day", to_text(checkup.day))
            .bind("code", checkup.institution.id)
            .bind("name", checkup.institution.name)
            .bind("doctor", checkup.doctor)
            .execute();
        for (const auto& value : checkup.values) {
            value_.bind("checkup", number)
                .bind("item", static_cast<std::int64_t>(value.item + 1))
                .bind("value", text_of(items_[value.item], value.value))
                .bind("mark", value.outside ? "基準外" : "")
                .execute();
        }
    }
}

}  // namespace mado::country
