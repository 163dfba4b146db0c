// What pcscd may answer and the real one of tests/cards_test.cpp does not: its library's functions
// stand here in this program, and say what a test has them say.
#include "card/pcsc.hpp"

#include <gtest/gtest.h>
#include <winscard.h>

#include <algorithm>
#include <vector>

namespace {

struct Said {
    LONG connect = SCARD_S_SUCCESS;
    DWORD protocol = SCARD_PROTOCOL_T1;
    LONG transmit = SCARD_S_SUCCESS;
    DWORD size = 2;  // whatever there is room for
    std::vector<unsigned char> heard;
};
Said& said() {
    static Said all;
    return all;
}

}  // namespace

extern "C" {
LONG SCardEstablishContext(DWORD, LPCVOID, LPCVOID, LPSCARDCONTEXT context) {
    *context = 1;
    return SCARD_S_SUCCESS;
}
LONG SCardReleaseContext(SCARDCONTEXT) {
    return SCARD_S_SUCCESS;
}
LONG SCardIsValidContext(SCARDCONTEXT) {
    return SCARD_S_SUCCESS;
}
LONG SCardConnect(SCARDCONTEXT, LPCSTR, DWORD, DWORD, LPSCARDHANDLE card, LPDWORD protocol) {
    *card = 1;
    *protocol = said().protocol;
    return said().connect;
}
LONG SCardDisconnect(SCARDHANDLE, DWORD) {
    return SCARD_S_SUCCESS;
}
LONG SCardTransmit(SCARDHANDLE, const SCARD_IO_REQUEST*, LPCBYTE command, DWORD command_size,
                   SCARD_IO_REQUEST*, LPBYTE answer, LPDWORD size) {
    said().heard.assign(command, command + command_size);
    std::fill_n(answer, std::min(*size, said().size), BYTE{0x90});
    *size = said().size;
    return said().transmit;
}
}

namespace mado::card {
namespace {

class PcscTest : public testing::Test {
  protected:
    PcscTest() { said() = {}; }
    CardError opened() { return pcsc.open("reader").error().error; }
    std::string sent(const Command& command) {
        static_cast<void>(pcsc.connect("reader").value()->transmit(command));
        return hex(said().heard);
    }
    Pcsc pcsc;
};

// The library tells how long the answer was, not how much of it there is.
TEST_F(PcscTest, AnAnswerLongerThanItsRoom) {
    const auto channel = pcsc.connect("reader").value();
    EXPECT_TRUE(channel->transmit({}).has_value());
    for (const LONG code : {SCARD_E_INSUFFICIENT_BUFFER, SCARD_S_SUCCESS}) {
        said().transmit = code;
        said().size = 1'000;
        EXPECT_EQ(channel->transmit({}).error(), ChannelError::garbled) << code;
    }
}

TEST_F(PcscTest, ACardThatTheReaderDoesNotGetOnWith) {
    for (const LONG code : {SCARD_E_PROTO_MISMATCH, SCARD_W_UNSUPPORTED_CARD,
                            SCARD_E_CARD_UNSUPPORTED, SCARD_E_READER_UNSUPPORTED}) {
        said().connect = code;
        EXPECT_EQ(opened(), CardError::not_there) << code;
        EXPECT_FALSE(pcsc.connect("reader")) << code;
    }
    for (const LONG code : {SCARD_W_REMOVED_CARD, SCARD_E_SHARING_VIOLATION, SCARD_E_NOT_READY}) {
        said().connect = code;
        EXPECT_EQ(opened(), CardError::gone) << code;
    }
    said().connect = SCARD_E_NO_MEMORY;
    EXPECT_THROW(opened(), Failure);
}

// ISO/IEC 7816-3 section 12.2: T=0 has five bytes before the data, and no Le behind it.
TEST_F(PcscTest, TheFourCasesUnderBothProtocols) {
    const Bytes data{0xaa};
    const auto all = [&] {
        return std::vector<std::string>{sent({.ins = 0x20}), sent({.ins = 0xb0, .expected = 16}),
                                        sent({.ins = 0x20, .data = data}),
                                        sent({.ins = 0xcb, .data = data, .expected = 256})};
    };
    EXPECT_EQ(all(), (std::vector<std::string>{"00200000", "00b0000010", "0020000001aa",
                                               "00cb000001aa00"}));
    said().protocol = SCARD_PROTOCOL_T0;
    EXPECT_EQ(all(), (std::vector<std::string>{"0020000000", "00b0000010", "0020000001aa",
                                               "00cb000001aa"}));
}

}  // namespace
}  // namespace mado::card
