#include "letters.hpp"

#include <fmt/format.h>

#include "calendar.hpp"
#include "notices.hpp"

namespace mado::country {

// ---- 健保 ----

SocietyLetters::SocietyLetters(db::Connection& connection, const Written& written)
    : letter_(connection.prepare("insert into letter values (:letter_no, :person_no, :form_code,"
                                 " :sent_ymd, :due_ymd, :amount)")) {
    connection.prepare("insert into nightly_batch values ('letters', :ended_at)")
        .bind("ended_at", yyyymmdd(written.dates.on) * 1'000'000 + 33000)
        .execute();
    auto form = connection.prepare(
        "insert into letter_form values (:form_code, :title, :office, nullif(:procedure, ''))");
    auto line =
        connection.prepare("insert into letter_form_line values (:form_code, :line_no, :words)");
    for (std::size_t i = 0; i < written.forms.size(); ++i) {
        const auto& one = written.forms[i];
        if (one.holder != Holder::society) continue;
        const auto code = static_cast<std::int64_t>(i);
        form.bind("form_code", code)
            .bind("title", one.subject)
            .bind("office", one.sender)
            .bind("procedure", one.procedure)
            .execute();
        std::int64_t line_no = 0;
        for (const auto& words : one.body)
            line.bind("form_code", code).bind("line_no", ++line_no).bind("words", words).execute();
    }
}

void SocietyLetters::add(std::int64_t person_no, const std::vector<Notice>& notices) {
    for (const auto& notice : notices) {
        letter_.bind("letter_no", ++letter_no_)
            .bind("person_no", person_no)
            .bind("form_code", static_cast<std::int64_t>(notice.form))
            .bind("sent_ymd", yyyymmdd(notice.sent))
            .bind("due_ymd",
                  notice.deadline ? std::optional(yyyymmdd(*notice.deadline)) : std::nullopt)
            .bind("amount", notice.amount_yen)
            .execute();
    }
}

// ---- 国保 ----

CityLetters::CityLetters(db::Connection& connection, const Written& written)
    : forms_(written.forms),
      tsuchi_(connection.prepare("insert into tsuchi values (:tsuchi_no, :kojin_no, :yoshiki,"
                                 " :hasso_bi, :kigen_bi, :kingaku)")) {
    connection.prepare("insert into yakan_shori values ('通知', :shuryo)")
        .bind("shuryo", to_text(written.dates.on) + " 04:20:00")
        .execute();
    auto yoshiki = connection.prepare(
        "insert into tsuchi_yoshiki values (:yoshiki, :kenmei, :kakari, :tetsuzuki)");
    auto bun = connection.prepare("insert into tsuchi_bun values (:yoshiki, :gyo, :bun)");
    for (const auto& one : written.forms) {
        if (one.holder != Holder::city) continue;
        yoshiki.bind("yoshiki", one.name)
            .bind("kenmei", one.subject)
            .bind("kakari", one.sender)
            .bind("tetsuzuki", one.procedure)
            .execute();
        std::int64_t gyo = 0;
        for (const auto& text : one.body)
            bun.bind("yoshiki", one.name).bind("gyo", ++gyo).bind("bun", text).execute();
    }
}

void CityLetters::add(std::int64_t kojin_no, const std::vector<Notice>& notices) {
    for (const auto& notice : notices) {
        tsuchi_.bind("tsuchi_no", ++tsuchi_no_)
            .bind("kojin_no", kojin_no)
            .bind("yoshiki", forms_[notice.form].name)
            .bind("hasso_bi", era_date(notice.sent))
            .bind("kigen_bi", notice.deadline ? era_date(*notice.deadline) : 0)
            .bind("kingaku", notice.amount_yen.value_or(0))
            .execute();
    }
}

// ---- 後期高齢者 ----

LateElderlyLetters::LateElderlyLetters(db::Connection& connection, const Written& written)
    : forms_(written.forms),
      letter_(connection.prepare("insert into 通知 values (:id, :number, :sent, :subject, :office,"
                                 " :deadline, :amount, :procedure)")),
      line_(connection.prepare("insert into 通知本文 values (:id, :line, :text)")) {
    connection.prepare("insert into 処理実績 values ('通知発送', :ended)")
        .bind("ended", to_text(plus_days(written.dates.on, -1)) + " 23:50:00")
        .execute();
}

void LateElderlyLetters::add(const Coverage& coverage) {
    for (const auto& notice : coverage.notices) {
        const auto& form = forms_[notice.form];
        const auto id = fmt::format("T{:09}", ++last_);
        letter_.bind("id", id)
            .bind("number", coverage.number)
            .bind("sent", to_text(notice.sent))
            .bind("subject", form.subject)
            .bind("office", form.sender)
            .bind("deadline", notice.deadline ? to_text(*notice.deadline) : "")
            .bind("amount", notice.amount_yen)
            .bind("procedure", form.procedure)
            .execute();
        std::int64_t line = 0;
        for (const auto& text : form.body) {
            line_.bind("id", id)
                .bind("line", ++line)
                .bind("text", filled_in(text, notice))
                .execute();
        }
    }
}

// ---- 介護 ----

CareLetters::CareLetters(db::Connection& connection, const Written& written)
    : forms_(written.forms),
      letter_(connection.prepare("insert into oshirase values (:id, :number, :hakko, :kenmei,"
                                 " :tanto, :kigen, :kingaku, :tetsuzuki, :honbun)")) {
    // 04:40 in Japan, nine hours east of Greenwich.
    const auto midnight = std::chrono::sys_seconds(std::chrono::sys_days(written.dates.on));
    connection.prepare("insert into koshin values ('お知らせ', :unix)")
        .bind("unix", std::int64_t{midnight.time_since_epoch().count()} - 4 * 3600 - 20 * 60)
        .execute();
}

void CareLetters::add(const Care& care) {
    for (const auto& notice : care.notices) {
        const auto& form = forms_[notice.form];
        std::string text;
        for (const auto& paragraph : form.body)
            text += (text.empty() ? "" : "\n") + filled_in(paragraph, notice);
        letter_.bind("id", fmt::format("K-{:07}", ++last_))
            .bind("number", care.number)
            .bind("hakko", std::to_string(yyyymmdd(notice.sent)))
            .bind("kenmei", form.subject)
            .bind("tanto", form.sender)
            .bind("kigen", notice.deadline ? std::to_string(yyyymmdd(*notice.deadline)) : "")
            .bind("kingaku", notice.amount_yen.value_or(0))
            .bind("tetsuzuki", form.procedure)
            .bind("honbun", text)
            .execute();
    }
}

}  // namespace mado::country
