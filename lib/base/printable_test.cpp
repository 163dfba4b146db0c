#include "base/printable.hpp"

#include <gtest/gtest.h>

#include "base/shown.hpp"

namespace mado {
namespace {

TEST(Printable, LettersStayAsTheyAre) {
    for (const std::string_view text :
         {"", "なぜ照会しましたか。", "𠮷田 花子（ヨシダ）", "髙﨑", "葛\U000E0100城", "辻󠄀",
          "Renée O'Neil", "か\u3099", "\u3000", "👩\u200D⚕\uFE0F", "\u05D0\u05D1", "\U0010FFFD"}) {
        EXPECT_EQ(printable(text), text);
    }
}

TEST(Printable, WhatSteersATerminalIsReplaced) {
    EXPECT_EQ(printable("\x1b[2Jx"), "\uFFFD[2Jx");
    EXPECT_EQ(printable("\a\b\t\x7f"), "\uFFFD\uFFFD\uFFFD\uFFFD");
    EXPECT_EQ(printable(std::string_view("a\0b", 3)), "a\uFFFDb");
    EXPECT_EQ(printable("\u009b31m"), "\uFFFD31m") << "the one-character form of ESC [";
    EXPECT_EQ(printable("a\rb"), "a\uFFFDb");
    for (const std::string_view mark :
         {"\u061C", "\u200E", "\u200F", "\u202A", "\u202E", "\u2066", "\u2069"}) {
        EXPECT_EQ(printable(mark), "\uFFFD");
    }
}

TEST(Printable, ALineOfOthersIsNoLineOfOurs) {
    EXPECT_EQ(printable("a\n   1  2026"), "a ⏎    1  2026");
    EXPECT_EQ(printable("a\r\nb"), "a ⏎ b");
    EXPECT_EQ(printable("a\u2028b\u2029c\u0085"), "a ⏎ b ⏎ c ⏎ ");
}

TEST(ShowsAll, WhatIsReadAsItStands) {
    for (const std::string_view text :
         {"", "𠮷田 花子（ヨシダ）", "髙﨑", "葛\U000E0100城", "辻\U000E0101", "祥\uFE00子",
          "々\uFE00", "𠮷\U000E01EF", "Renée O'Neil", "か\u3099", "\u3000",
          R"({"name":"厚労 葵"})"}) {
        EXPECT_TRUE(shows_all(text)) << text;
    }
}

TEST(ShowsAll, NothingHiddenOrTurnedRound) {
    for (const std::string_view mark :
         {"\u00AD",     "\u034F",     "\u061C",     "\u115F",     "\u1160",     "\u17B4",
          "\u180E",     "\u200B",     "\u200D",     "\u200E",     "\u200F",     "\u202A",
          "\u202E",     "\u2060",     "\u2064",     "\u2066",     "\u2069",     "\u206F",
          "\u3164",     "\uFEFF",     "\uFFA0",     "\uFFF0",     "\U0001BCA0", "\U0001D173",
          "\U000E0000", "\U000E0041", "\U000E007F", "\U000E0200", "\u2028",     "\u0085",
          "\n",         "\t",         "\x1b"}) {
        EXPECT_FALSE(shows_all("厚労" + std::string(mark) + " 葵")) << mark;
    }
    for (const std::string_view text :
         {"\uFE00", "\U000E0100", "a\uFE0F", "ア\U000E0100", "葛\U000E0100\U000E0101",
          "葛\uFE00\uFE00", " \uFE00", "\x80", "\xed\xa0\x80"}) {
        EXPECT_FALSE(shows_all(text)) << text;
    }
}

TEST(Printable, WhatIsNoUtf8IsReplaced) {
    EXPECT_EQ(printable("\x80\xff"), "\uFFFD\uFFFD");
    EXPECT_EQ(printable("\xc0\x8a"), "\uFFFD\uFFFD") << "a line end in two bytes";
    EXPECT_EQ(printable("\xe3\x81"), "\uFFFD\uFFFD");
    EXPECT_EQ(printable("\xed\xa0\x80"), "\uFFFD\uFFFD\uFFFD") << "a surrogate";
    EXPECT_EQ(printable("\xf4\x90\x80\x80z"), "\uFFFD\uFFFD\uFFFD\uFFFDz");
    EXPECT_EQ(printable("\xf0\x9f\x98z"), "\uFFFD\uFFFD\uFFFDz");
}

}  // namespace
}  // namespace mado
