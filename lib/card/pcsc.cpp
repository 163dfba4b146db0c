#include "card/pcsc.hpp"

#include <winscard.h>

#include <array>
#include <cstring>

#include "base/result.hpp"

namespace mado::card {
namespace {

[[noreturn]] void fail(const char* what, LONG code) {
    throw Failure(std::string("PC/SC: ") + what + ": " + pcsc_stringify_error(code));
}

// The card or its reader went away, or another program took its turn with it.
bool means_gone(LONG code) {
    switch (code) {
        case SCARD_W_REMOVED_CARD:
        case SCARD_W_RESET_CARD:
        case SCARD_W_UNPOWERED_CARD:
        case SCARD_W_UNRESPONSIVE_CARD:
        case SCARD_E_NO_SMARTCARD:
        case SCARD_E_READER_UNAVAILABLE:
        case SCARD_E_UNKNOWN_READER:
        case SCARD_E_NOT_TRANSACTED:
        case SCARD_E_COMM_DATA_LOST:
        case SCARD_E_NO_SERVICE:
            return true;
        default:  // open set: pcscd may add codes
            return false;
    }
}

class PcscChannel final : public Channel {
  public:
    PcscChannel(SCARDHANDLE card, DWORD protocol) : card_(card), protocol_(protocol) {}
    // Errors: the card is gone, and nobody is verified on it.
    ~PcscChannel() override { static_cast<void>(SCardDisconnect(card_, SCARD_RESET_CARD)); }

    std::expected<Response, ChannelError> transmit(const Command& command) override {
        const auto bytes = command_bytes(command);
        std::array<std::uint8_t, answer_bytes_max + 2> answer{};
        DWORD size = answer.size();
        const auto* const header = protocol_ == SCARD_PROTOCOL_T0 ? SCARD_PCI_T0 : SCARD_PCI_T1;
        const LONG code =
            SCardTransmit(card_, header, bytes.view().data(), static_cast<DWORD>(bytes.size()),
                          nullptr, answer.data(), &size);
        if (means_gone(code)) return std::unexpected(ChannelError::removed);
        if (code != SCARD_S_SUCCESS) return std::unexpected(ChannelError::garbled);
        auto response = parse_response(ByteView(answer).first(size));
        if (!response) return std::unexpected(ChannelError::garbled);
        return std::move(*response);
    }

  private:
    SCARDHANDLE card_;
    DWORD protocol_;
};

}  // namespace

struct Pcsc::State {
    State() {
        const LONG code = SCardEstablishContext(SCARD_SCOPE_SYSTEM, nullptr, nullptr, &context);
        if (code == SCARD_E_NO_SERVICE || code == SCARD_E_SERVICE_STOPPED) {
            throw OperatorError(
                "no card reader service runs here. Start pcscd (Debian: apt-get install pcscd, "
                "then systemctl start pcscd)");
        }
        if (code != SCARD_S_SUCCESS) fail("connect", code);
    }
    ~State() { static_cast<void>(SCardReleaseContext(context)); }
    State(const State&) = delete;
    State& operator=(const State&) = delete;

    SCARDCONTEXT context = 0;
};

Pcsc::Pcsc() : state_(std::make_shared<State>()) {}
Pcsc::~Pcsc() = default;
Pcsc::Pcsc(Pcsc&&) noexcept = default;
Pcsc& Pcsc::operator=(Pcsc&&) noexcept = default;

std::vector<Pcsc::Reader> Pcsc::readers() const {
    DWORD size = 0;
    LONG code = SCardListReaders(state_->context, nullptr, nullptr, &size);
    if (code == SCARD_E_NO_READERS_AVAILABLE) return {};
    if (code != SCARD_S_SUCCESS) fail("list readers", code);
    std::string names(size, '\0');
    code = SCardListReaders(state_->context, nullptr, names.data(), &size);
    if (code == SCARD_E_NO_READERS_AVAILABLE) return {};
    if (code != SCARD_S_SUCCESS) fail("list readers", code);
    std::vector<Reader> out;
    // One after the other, each ended by a NUL, and an empty one at the end.
    for (const char* name = names.c_str(); *name != '\0'; name += std::strlen(name) + 1) {
        SCARD_READERSTATE now{};
        now.szReader = name;
        now.dwCurrentState = SCARD_STATE_UNAWARE;
        code = SCardGetStatusChange(state_->context, 0, &now, 1);
        if (code != SCARD_S_SUCCESS && !means_gone(code)) fail("look at a reader", code);
        out.push_back({.name = name, .has_card = (now.dwEventState & SCARD_STATE_PRESENT) != 0});
    }
    return out;
}

std::unique_ptr<Channel> Pcsc::connect(const std::string& reader) const {
    SCARDHANDLE card = 0;
    DWORD protocol = 0;
    const LONG code = SCardConnect(state_->context, reader.c_str(), SCARD_SHARE_EXCLUSIVE,
                                   SCARD_PROTOCOL_T0 | SCARD_PROTOCOL_T1, &card, &protocol);
    if (code == SCARD_E_SHARING_VIOLATION || means_gone(code)) return nullptr;
    if (code != SCARD_S_SUCCESS) fail("connect to a card", code);
    return std::make_unique<PcscChannel>(card, protocol);
}

}  // namespace mado::card
