#include "card/pcsc.hpp"

#include <reader.h>
#include <winscard.h>

#include <array>
#include <cstring>

#include "base/result.hpp"
#include "card/asking.hpp"
#include "card/open.hpp"
#include "card/pin_pad.hpp"

namespace mado::card {
namespace {

constexpr int changes_shift = 16;  // where dwEventState counts cards that came and went
constexpr std::size_t names_bytes_max = 16 * 1024;  // of all readers

[[noreturn]] void fail(const char* what, LONG code) {
    throw Failure(std::string("PC/SC: ") + what + ": " + pcsc_stringify_error(code));
}

// pcscd does not run, or does not run any more.
bool means_no_service(LONG code) {
    switch (code) {
        case SCARD_E_NO_SERVICE:
        case SCARD_E_SERVICE_STOPPED:
        case SCARD_E_INVALID_HANDLE:  // of a pcscd before this one
        case SCARD_F_COMM_ERROR:
            return true;
        default:  // open set: pcscd may add codes
            return false;
    }
}

// The card or its reader went away, or another program took its turn with it.
bool means_gone(LONG code) {
    switch (code) {
        case SCARD_W_REMOVED_CARD:
        case SCARD_W_RESET_CARD:
        case SCARD_W_UNPOWERED_CARD:
        case SCARD_W_UNRESPONSIVE_CARD:
        case SCARD_E_NO_SMARTCARD:
        case SCARD_E_NOT_READY:
        case SCARD_E_READER_UNAVAILABLE:
        case SCARD_E_UNKNOWN_READER:
        case SCARD_E_NOT_TRANSACTED:
        case SCARD_E_COMM_DATA_LOST:
            return true;
        default:  // open set: pcscd may add codes
            return means_no_service(code);
    }
}

// There is a card, or what looks like one, and the reader does not get on with it.
bool means_foreign(LONG code) {
    switch (code) {
        case SCARD_E_PROTO_MISMATCH:  // neither T=0 nor T=1
        case SCARD_W_UNSUPPORTED_CARD:
        case SCARD_E_CARD_UNSUPPORTED:
        case SCARD_E_READER_UNSUPPORTED:
            return true;
        default:  // open set: pcscd may add codes
            return false;
    }
}

// A command as T=0 carries it (ISO/IEC 7816-3 section 12.2): five bytes before the data, and no Le
// behind it. What there is to answer then comes with 61xx.
Command for_t0(Command command) {
    if (!command.data.empty()) {
        command.expected = 0;
    } else if (command.expected == 0) {
        command.expected = answer_bytes_max;  // a byte 00 in its place
    }
    return command;
}

// pcscd tells of its readers by what differs from what the caller knows.
SCARD_READERSTATE known(const Reader& reader) {
    SCARD_READERSTATE out{};
    out.szReader = reader.name.c_str();
    out.dwCurrentState = static_cast<DWORD>(reader.changes) << changes_shift |
                         (reader.has_card ? SCARD_STATE_PRESENT : SCARD_STATE_EMPTY);
    return out;
}

}  // namespace

// One connection to pcscd.
class Pcsc::Context {
  public:
    explicit Context(SCARDCONTEXT handle) : handle_(handle) {}
    ~Context() { static_cast<void>(SCardReleaseContext(handle_)); }
    Context(const Context&) = delete;
    Context& operator=(const Context&) = delete;
    [[nodiscard]] SCARDCONTEXT handle() const { return handle_; }

  private:
    SCARDCONTEXT handle_;
};

namespace {

class PcscChannel final : public Channel {
  public:
    PcscChannel(std::shared_ptr<Pcsc::Context> pcscd, SCARDHANDLE card, DWORD protocol)
        : pcscd_(std::move(pcscd)), card_(card), protocol_(protocol) {}
    // Errors: the card is gone, and nobody is verified on it.
    ~PcscChannel() override { static_cast<void>(SCardDisconnect(card_, SCARD_RESET_CARD)); }

    std::expected<Response, ChannelError> transmit(const Command& command) override {
        const bool t0 = protocol_ == SCARD_PROTOCOL_T0;
        const auto bytes = command_bytes(t0 ? for_t0(command) : command);
        std::array<std::uint8_t, answer_bytes_max + 2> answer{};
        DWORD size = answer.size();
        const auto* const header = t0 ? SCARD_PCI_T0 : SCARD_PCI_T1;
        const LONG code =
            SCardTransmit(card_, header, bytes.view().data(), static_cast<DWORD>(bytes.size()),
                          nullptr, answer.data(), &size);
        return read(code, answer, size);
    }

    bool has_keypad() override { return pin_control().has_value(); }
    std::expected<Response, ChannelError> transmit_with_pin(const PinEntry& entry) override {
        const auto control = pin_control();
        if (!control) return std::unexpected(ChannelError::garbled);
        const auto bytes = pin_verify_structure(entry);
        std::array<std::uint8_t, answer_bytes_max + 2> answer{};
        DWORD size = 0;
        const LONG code =
            SCardControl(card_, *control, bytes.data(), static_cast<DWORD>(bytes.size()),
                         answer.data(), answer.size(), &size);
        return read(code, answer, size);
    }

  private:
    // `size` is more than there is room for when the answer did not fit.
    static std::expected<Response, ChannelError> read(LONG code, ByteView room, DWORD size) {
        if (means_gone(code)) return std::unexpected(ChannelError::removed);
        if (code != SCARD_S_SUCCESS || size > room.size()) {
            return std::unexpected(ChannelError::garbled);
        }
        auto response = parse_response(room.first(size));
        if (!response) return std::unexpected(ChannelError::garbled);
        return std::move(*response);
    }
    // None: the reader has no keypad, or says nothing that can be read. That the card is gone, the
    // next command hears.
    std::optional<std::uint32_t> pin_control() {
        std::array<std::uint8_t, features_bytes_max> features{};
        DWORD size = 0;
        const LONG code = SCardControl(card_, CM_IOCTL_GET_FEATURE_REQUEST, nullptr, 0,
                                       features.data(), features.size(), &size);
        if (code != SCARD_S_SUCCESS || size > features.size()) return std::nullopt;
        return verify_pin_control(ByteView(features).first(size)).value_or(std::nullopt);
    }

    std::shared_ptr<Pcsc::Context> pcscd_;  // the card's handle is one of its own
    SCARDHANDLE card_;
    DWORD protocol_;
};

}  // namespace

Pcsc::Pcsc() = default;
Pcsc::~Pcsc() = default;

Pcsc::Context* Pcsc::context() {
    if (context_ && SCardIsValidContext(context_->handle()) == SCARD_S_SUCCESS) {
        return context_.get();
    }
    context_.reset();
    SCARDCONTEXT handle = 0;
    const LONG code = SCardEstablishContext(SCARD_SCOPE_SYSTEM, nullptr, nullptr, &handle);
    if (means_no_service(code)) return nullptr;
    if (code != SCARD_S_SUCCESS) fail("connect", code);
    context_ = std::make_shared<Context>(handle);
    return context_.get();
}

std::optional<std::vector<Reader>> Pcsc::list() {
    const auto* pcscd = context();
    if (pcscd == nullptr) return std::nullopt;
    std::array<char, names_bytes_max> names{};
    DWORD size = names.size();
    LONG code = SCardListReaders(pcscd->handle(), nullptr, names.data(), &size);
    if (code == SCARD_E_NO_READERS_AVAILABLE) return std::vector<Reader>{};
    if (means_no_service(code)) return std::nullopt;
    if (code != SCARD_S_SUCCESS) fail("list readers", code);
    std::vector<Reader> out;
    // One after the other, each ended by a NUL, and an empty one at the end.
    for (const char* name = names.data(); *name != '\0'; name += std::strlen(name) + 1) {
        SCARD_READERSTATE now{};
        now.szReader = name;
        now.dwCurrentState = SCARD_STATE_UNAWARE;
        code = SCardGetStatusChange(pcscd->handle(), 0, &now, 1);
        if (means_no_service(code)) return std::nullopt;
        if (code != SCARD_S_SUCCESS && !means_gone(code)) fail("look at a reader", code);
        out.push_back({.name = name,
                       .has_card = (now.dwEventState & SCARD_STATE_PRESENT) != 0,
                       .changes = static_cast<std::uint32_t>(now.dwEventState >> changes_shift)});
    }
    return out;
}

std::optional<std::vector<Reader>> Pcsc::wait(const std::vector<Reader>& seen,
                                              std::chrono::milliseconds patience) {
    auto now = list();
    if (!now || *now != seen) return now;
    std::vector<SCARD_READERSTATE> states;
    for (const auto& reader : seen)
        states.push_back(known(reader));
    // Also of readers that come.
    SCARD_READERSTATE plugged{};
    plugged.szReader = R"(\\?PnP?\Notification)";
    states.push_back(plugged);
    const LONG code = SCardGetStatusChange(context_->handle(), static_cast<DWORD>(patience.count()),
                                           states.data(), static_cast<DWORD>(states.size()));
    if (code != SCARD_S_SUCCESS && code != SCARD_E_TIMEOUT && !means_gone(code)) {
        fail("wait for a card", code);
    }
    return list();
}

CardResult<std::unique_ptr<Card>> Pcsc::open(const std::string& reader) {
    auto channel = connect(reader);
    if (!channel) return std::unexpected(channel.error());
    return open_card(std::move(*channel));
}

CardResult<std::unique_ptr<Channel>> Pcsc::connect(const std::string& reader) {
    const auto* pcscd = context();
    if (pcscd == nullptr) return problem(CardError::gone);
    SCARDHANDLE card = 0;
    DWORD protocol = 0;
    const LONG code = SCardConnect(pcscd->handle(), reader.c_str(), SCARD_SHARE_EXCLUSIVE,
                                   SCARD_PROTOCOL_T0 | SCARD_PROTOCOL_T1, &card, &protocol);
    if (code == SCARD_E_SHARING_VIOLATION || means_gone(code)) return problem(CardError::gone);
    if (means_foreign(code)) return problem(CardError::not_there);
    if (code != SCARD_S_SUCCESS) fail("connect to a card", code);
    return std::make_unique<PcscChannel>(context_, card, protocol);
}

}  // namespace mado::card
