// Zero wrong links, whatever was done to the registers (docs/protocols/matching.md, Error model).
#include "dirty.hpp"

#include <fmt/format.h>

#include <random>

#include "test_country.hpp"
#include "writings.hpp"

namespace mado::country {
namespace {

TEST(Writings, OfRegistersThatLackCharacters) {
    EXPECT_EQ(in_jis("髙﨑 𠮷男"), "高崎 吉男");
    EXPECT_EQ(in_jis("葛\U000E0100城 了"), "葛城 了");
    EXPECT_EQ(in_jis("草彅 剛"), "草ナギ 剛");
    EXPECT_EQ(in_jis("渡邊 一"), "渡邊 一");
    EXPECT_EQ(half_width_kana("ヴァンダム パピヨン"), "ｳﾞｧﾝﾀﾞﾑ ﾊﾟﾋﾟﾖﾝ");
    EXPECT_EQ(half_width_kana("コーロウ"), "ｺｰﾛｳ");
    EXPECT_EQ(registry_address("A市上山1-2-3"), "A市上山一丁目2番3号");
    EXPECT_EQ(registry_address("A市緑が丘4-18"), "A市緑が丘四丁目18番地");
    EXPECT_EQ(registry_address("A市中央"), "A市中央");
    EXPECT_EQ(registry_address("A市中央12-3"), "A市中央12-3");
}

TEST(Dirty, NoLinkIsWrong) {
    const TempFolder folder;
    std::random_device device;
    const std::uint64_t seed = device();
    SCOPED_TRACE(fmt::format("seed {}", seed));
    std::filesystem::create_directory(folder.path("registers"));
    const DirtyOptions options{.country = country_folder(),
                               .folder = folder.path("registers"),
                               .truth = folder.path("truth.tsv"),
                               .people = 2'000,
                               .seed = seed,
                               .on = on};
    write_dirty(options);
    // Where the program finds none, it cannot have read any.
    const auto hidden = folder.path("hidden.tsv");
    std::filesystem::rename(options.truth, hidden);
    decide(options.folder,
           must(matching::Tables::parse(read_file(country_folder() + "/writing.json").value()),
                "writing.json"));
    const auto report = judge(options.folder, hidden);
    EXPECT_EQ(report.all.wrong, 0);
    EXPECT_EQ(report.all.all(), 6'000);
    EXPECT_GT(report.all.same, 3'000);
    EXPECT_EQ(report.people.all, 2'000);
    EXPECT_GT(report.people.by_themselves, 400);
    EXPECT_GT(report.people.clerk, report.people.one_reason);
    EXPECT_GT(report.people.asked_again(), 0);
    EXPECT_LT(report.people.asked_again(), 100);
    EXPECT_GT(report.all.variant, 300);
    EXPECT_GT(report.all.different, 100);
    EXPECT_GT(report.others.all(), 10);
    EXPECT_EQ(report.others.same, 0);
    EXPECT_GT(report.by_error.at("namesake-number").all(), 0);
    // Whatever one city says of namesakes: without an address a clerk decides.
    EXPECT_GT(report.by_error.at("no-address").all(), 100);
    EXPECT_EQ(report.by_error.at("no-address").same, 0);
}

TEST(Dirty, TheSameSeedTheSameRegisters) {
    const TempFolder folder;
    const auto make = [&folder](const std::string& name, std::uint64_t seed) {
        std::filesystem::create_directory(folder.path(name));
        write_dirty({.country = country_folder(),
                     .folder = folder.path(name),
                     .truth = folder.path(name + ".truth"),
                     .people = 60,
                     .seed = seed,
                     .on = on});
        return read_file(folder.path(name) + "/pension.tsv").value() +
               read_file(folder.path(name + ".truth")).value();
    };
    const auto first = make("a", 1);
    EXPECT_EQ(make("b", 1), first);
    EXPECT_NE(make("c", 2), first);
}

}  // namespace
}  // namespace mado::country
