#include "receipts.hpp"

#include <fmt/format.h>

#include "calendar.hpp"

namespace mado::country {
namespace {

std::int64_t society_type(ClaimKind kind) {
    switch (kind) {
        case ClaimKind::medical:
            return 1;
        case ClaimKind::dpc:
            return 2;
        case ClaimKind::dental:
            return 3;
        case ClaimKind::pharmacy:
            return 4;
    }
    return 0;
}

std::string_view words_of(ClaimKind kind) {
    switch (kind) {
        case ClaimKind::medical:
            return "医科";
        case ClaimKind::dpc:
            return "DPC";
        case ClaimKind::dental:
            return "歯科";
        case ClaimKind::pharmacy:
            return "調剤";
    }
    return "";
}

std::string iso_month(Date month) {
    return to_text(month).substr(0, 7);
}

}  // namespace

// ---- 健保 ----

SocietyReceipts::SocietyReceipts(db::Connection& connection, const UpToDate& dates)
    : receipt_(connection.prepare(
          "insert into receipt values (:receipt_no, :person_no, :treated_ym, :type_code,"
          " :institution_code, :institution_name, :day_count, :points, :paid_yen, :ask_doctor)")),
      line_(connection.prepare("insert into receipt_line values (:receipt_no, :line_no, :code,"
                               " :name, :points, :times)")) {
    connection.prepare("insert into nightly_batch values ('receipts', :ended_at)")
        .bind("ended_at", yyyymmdd(dates.on) * 1'000'000 + 43000)
        .execute();
    connection.prepare("insert into receipt_month values (:treated_ym)")
        .bind("treated_ym", yyyymm(dates.claims_to))
        .execute();
}

void SocietyReceipts::add(std::int64_t person_no, const Coverage& coverage) {
    for (const auto& claim : coverage.claims) {
        receipt_.bind("receipt_no", ++receipt_no_)
            .bind("person_no", person_no)
            .bind("treated_ym", yyyymm(claim.month))
            .bind("type_code", society_type(claim.institution.kind))
            .bind("institution_code", claim.institution.id)
            .bind("institution_name", claim.institution.name)
            .bind("day_count", claim.days)
            .bind("points", claim.points)
            .bind("paid_yen", claim.paid_yen)
            .bind("ask_doctor", std::int64_t{claim.withheld})
            .execute();
        std::int64_t line_no = 0;
        for (const auto& item : claim.items) {
            line_.bind("receipt_no", receipt_no_)
                .bind("line_no", ++line_no)
                .bind("code", item.code)
                .bind("name", item.name)
                .bind("points", item.points)
                .bind("times", item.times)
                .execute();
        }
    }
}

// ---- 国保 ----

CityReceipts::CityReceipts(db::Connection& connection, const UpToDate& dates)
    : rezeputo_(connection.prepare(
          "insert into rezeputo values (:seiri_no, :kojin_no, :shinryo_ym, :shubetsu,"
          " :kikan_code, :kikan_mei, :nissu, :tensu, :futankin, :kaiji)")),
      meisai_(connection.prepare("insert into rezeputo_meisai values (:seiri_no, :gyo, :code,"
                                 " :meisho, :tensu, :kaisu, :gokei)")) {
    connection.prepare("insert into yakan_shori values ('レセプト', :shuryo)")
        .bind("shuryo", to_text(dates.on) + " 05:45:00")
        .execute();
    connection.prepare("insert into shinsa_zumi values (:shinryo_ym)")
        .bind("shinryo_ym", era_date(dates.claims_to) / 100)
        .execute();
}

void CityReceipts::add(std::int64_t kojin_no, const Coverage& coverage) {
    for (const auto& claim : coverage.claims) {
        rezeputo_.bind("seiri_no", ++seiri_no_)
            .bind("kojin_no", kojin_no)
            .bind("shinryo_ym", era_date(claim.month) / 100)
            .bind("shubetsu", words_of(claim.institution.kind))
            .bind("kikan_code", claim.institution.id)
            .bind("kikan_mei", claim.institution.name)
            .bind("nissu", claim.days)
            .bind("tensu", claim.points)
            .bind("futankin", claim.paid_yen)
            .bind("kaiji", claim.withheld ? "医師確認" : "可")
            .execute();
        std::int64_t gyo = 0;
        for (const auto& item : claim.items) {
            meisai_.bind("seiri_no", seiri_no_)
                .bind("gyo", ++gyo)
                .bind("code", item.code)
                .bind("meisho", item.name)
                .bind("tensu", item.points)
                .bind("kaisu", item.times)
                .bind("gokei", item.points * item.times)
                .execute();
        }
    }
}

// ---- 後期高齢者 ----

LateElderlyReceipts::LateElderlyReceipts(db::Connection& connection, const UpToDate& dates)
    : claim_(connection.prepare(
          "insert into 診療報酬明細書 values (:claim, :number, :month, :kind, :code, :name, :days,"
          " :points, :paid, :withheld)")),
      line_(connection.prepare(
          "insert into 明細 values (:claim, :line, :code, :name, :points, :times)")) {
    connection.prepare("insert into 処理実績 values ('レセプト取込', :ended)")
        .bind("ended", to_text(plus_days(dates.on, -1)) + " 23:20:00")
        .execute();
    connection.prepare("insert into 取込月 values (:month)")
        .bind("month", iso_month(dates.claims_to))
        .execute();
}

void LateElderlyReceipts::add(const Coverage& coverage) {
    for (const auto& claim : coverage.claims) {
        const auto number = fmt::format("R{:09}", ++last_);
        claim_.bind("claim", number)
            .bind("number", coverage.number)
            .bind("month", iso_month(claim.month))
            .bind("kind", words_of(claim.institution.kind))
            .bind("code", claim.institution.id)
            .bind("name", claim.institution.name)
            .bind("days", claim.days)
            .bind("points", claim.points)
            .bind("paid", claim.paid_yen)
            .bind("withheld", claim.withheld ? "要確認" : "")
            .execute();
        std::int64_t line = 0;
        for (const auto& item : claim.items) {
            line_.bind("claim", number)
                .bind("line", ++line)
                .bind("code", item.code)
                .bind("name", item.name)
                .bind("points", item.points)
                .bind("times", item.times)
                .execute();
        }
    }
}

}  // namespace mado::country
