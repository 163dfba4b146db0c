// A newborn's filing at the demo country's society, through the gateway: its own mapping, its own
// database with its own triggers.
#pragma once

#include <gtest/gtest.h>

#include <boost/json/fwd.hpp>
#include <filesystem>

#include "test_outgoing.hpp"

namespace mado::gateway {

namespace json = boost::json;

inline const std::string holders_folder =
    (std::filesystem::path(__FILE__).parent_path() / "../../country/jp/holders/").string();
constexpr std::string_view father =
    R"({"holder":"06990014","scheme":"insured-number","symbol":"21",)"
    R"("number":"1042","branch":"00"})";

// One member, insured since 2008, with a child of branch 01.
inline void open_society(TestRegister& reg) {
    reg.mapping = holders_folder + "06990014.toml";
    reg.database += ".society";
    reg.run(read_file(holders_folder + "06990014.sql").value());
    reg.run(
        "insert into nightly_batch values ('register', 20261122023000);"
        "insert into workplace values ('21', 'w');"
        "insert into member values (1, '21', '1042', '00', '厚労 太郎', 'コウロウ タロウ',"
        " 19840315, 1, 'A市上山1-2-3', 1, 20080401, 99991231, null);"
        "insert into dependant values (2, '21', '1042', '01', '厚労 芽依', 'コウロウ メイ',"
        " 20220707, 2, 'A市上山1-2-3', 1, 20220707, 99991231, null);"
        "insert into benefit values (1, 20080401, 99991231, 3, 'ウ'),"
        " (2, 20220707, 20290331, 2, 'ウ')");
}

class NewbornTest : public OutgoingTest {
  protected:
    NewbornTest() : OutgoingTest(open_society) {}

    [[nodiscard]] Date today() const { return policy.day_of(unix_now()); }
    [[nodiscard]] std::string born(int days_ago) const {
        return to_text(Date(std::chrono::sys_days(today()) - std::chrono::days(days_ago)));
    }
    [[nodiscard]] json::object child(const char* name, int days_ago = 3) const;
    wire::Delivery file(const json::object& payload, std::string_view number = father);
    wire::Delivery make(std::string_view number, std::string_view service, std::string_view row,
                        wire::Presence presence, std::string_view payload = {});
    std::string data(const wire::Delivery& delivery, std::string_view service);
    std::string filed(const wire::Delivery& delivery) { return data(delivery, "dependant"); }
    json::object filings();
    // Of the child, by number and birth date, as a clinic asks.
    json::object eligibility(std::string_view branch, int days_ago = 3);
    wire::Delivery asking(const std::string& number, int days_ago = 3) {
        Forgery forgery = now();
        forgery.number = number;
        forgery.head = [this](wire::Head& head) {
            head.to = {.holder = wire::participant_id("06990014"), .kind = {}, .position = 1};
            head.parameters = {{"on", to_text(today())}};
        };
        auto delivery = country.deliver(forgery);
        delivery.birth_date = parse_date(born(days_ago)).value();
        return delivery;
    }
    std::int64_t count(const std::string& table) const {
        db::Connection connection(reg.database, db::Access::read_only);
        auto rows = connection.prepare("select count(*) from " + table);
        rows.step();
        return rows.integer(0);
    }

    const std::string second =
        R"({"symbol":"21","number":"1042","branch":"02","provisional":true})";
};

}  // namespace mado::gateway
