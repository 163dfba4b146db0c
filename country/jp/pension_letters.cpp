#include "pension_letters.hpp"

#include "calendar.hpp"
#include "notices.hpp"

namespace mado::country {

StateLetters::StateLetters(db::Connection& connection, const Written& written)
    : forms_(written.forms),
      tsuchi_(connection.prepare("insert into tsuchi values (:tsuchi_no, :number, :shubetsu,"
                                 " :hakko, :kigen, :kingaku)")) {
    connection.prepare("insert into shori values ('通知発行', :shuryo)")
        .bind("shuryo", form_date(written.dates.on) * 10'000 + 210)
        .execute();
    auto shubetsu = connection.prepare(
        "insert into tsuchi_shubetsu values (:shubetsu, :hyodai, :sashidashi, :tetsuzuki)");
    auto bun = connection.prepare("insert into tsuchi_bun values (:shubetsu, :gyo, :bun)");
    for (const auto& one : forms_) {
        if (one.holder != Holder::state_pension) continue;
        shubetsu.bind("shubetsu", one.name)
            .bind("hyodai", one.subject)
            .bind("sashidashi", one.sender)
            .bind("tetsuzuki", one.procedure)
            .execute();
        std::int64_t gyo = 0;
        for (const auto& text : one.body)
            bun.bind("shubetsu", one.name).bind("gyo", ++gyo).bind("bun", text).execute();
    }
}

void StateLetters::add(const std::string& number, const std::vector<Notice>& notices) {
    for (const auto& notice : notices) {
        if (forms_[notice.form].holder != Holder::state_pension) continue;
        tsuchi_.bind("tsuchi_no", ++tsuchi_no_)
            .bind("number", number)
            .bind("shubetsu", forms_[notice.form].name)
            .bind("hakko", form_date(notice.sent))
            .bind("kigen", notice.deadline ? form_date(*notice.deadline) : 0)
            .bind("kingaku", notice.amount_yen.value_or(0))
            .execute();
    }
}

WholeLetters::WholeLetters(db::Connection& connection, const Written& written,
                           const LetterTables& tables)
    : forms_(written.forms),
      tables_(tables),
      letter_(connection.prepare(tables.letter)),
      line_(connection.prepare(tables.line)) {}

void WholeLetters::add(const std::string& number, const std::vector<Notice>& notices) {
    for (const auto& notice : notices) {
        const auto& form = forms_[notice.form];
        if (form.holder != tables_.holder) continue;
        letter_.bind("id", ++last_)
            .bind("number", number)
            .bind("sent", tables_.day(notice.sent))
            .bind("subject", form.subject)
            .bind("sender", form.sender)
            .bind("deadline", notice.deadline ? tables_.day(*notice.deadline) : "")
            .bind("amount", notice.amount_yen)
            .bind("procedure", form.procedure)
            .execute();
        std::int64_t line = 0;
        for (const auto& text : form.body) {
            line_.bind("id", last_)
                .bind("line", ++line)
                .bind("text", filled_in(text, notice))
                .execute();
        }
    }
}

}  // namespace mado::country
