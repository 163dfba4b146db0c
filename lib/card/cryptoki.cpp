#include "card/cryptoki.hpp"

#include <dlfcn.h>

#include <algorithm>
#include <array>

#include "card/asking.hpp"

namespace mado::card {
namespace {

constexpr CK_BYTE major_version = 2;

// PKCS#11 takes what it only reads through pointers that could change it. A null one says that
// there is no argument, which is not what an empty one is.
CK_BYTE* input(ByteView bytes) {
    static constexpr CK_BYTE nothing = 0;
    return const_cast<CK_BYTE*>(bytes.empty() ? &nothing : bytes.data());
}

// An empty one is typed at the reader (section 5.6, C_Login).
CK_BYTE* input_pin(const Secret& pin) {
    return pin.empty() ? nullptr : input(pin.view());
}

CK_ULONG size_of(ByteView bytes) {
    return static_cast<CK_ULONG>(bytes.size());
}

// Texts are UTF-8, filled up with blanks, without an end (section 3.1).
template <std::size_t size>
std::string text_in(const CK_UTF8CHAR (&padded)[size]) {
    auto text = std::string(as_text(ByteView(padded)));
    text.erase(text.find_last_not_of(' ') + 1);
    return is_utf8(text) ? text : std::string();
}

// With a token in them, or all.
CardResult<std::vector<CK_SLOT_ID>> slots_of(const Cryptoki& module, CK_BBOOL with_token) {
    // Only a question without room for an answer makes a module look for readers that came
    // (section 5.5, C_GetSlotList).
    CK_ULONG count = 0;
    CK_RV code = module.functions().C_GetSlotList(with_token, nullptr, &count);
    if (code != CKR_OK) return problem_of(code);
    std::vector<CK_SLOT_ID> slots(slots_max);
    count = slots.size();
    code = module.functions().C_GetSlotList(with_token, slots.data(), &count);
    if (code != CKR_OK) return problem_of(code);
    if (count > slots.size()) return problem(CardError::broken);
    slots.resize(count);
    return slots;
}

[[noreturn]] void cannot_be_used(const std::string& path, const char* why) {
    throw OperatorError("the PKCS#11 module " + path + " cannot be used: " + why);
}

}  // namespace

std::unexpected<CardProblem> problem_of(CK_RV code) {
    switch (code) {
        case CKR_TOKEN_NOT_PRESENT:
        case CKR_TOKEN_NOT_RECOGNIZED:  // another card has taken its place
        case CKR_DEVICE_REMOVED:
        case CKR_SLOT_ID_INVALID:         // the reader went
        case CKR_SESSION_HANDLE_INVALID:  // a token takes its sessions along (section 5.1.2)
        case CKR_SESSION_CLOSED:
            return problem(CardError::gone);
        case CKR_PIN_INCORRECT:
            return problem(CardError::pin_wrong);
        case CKR_PIN_LOCKED:
            return problem(CardError::pin_locked);
        case CKR_PIN_INVALID:
        case CKR_PIN_LEN_RANGE:
        case CKR_PIN_TOO_WEAK:
            return problem(CardError::pin_format);
        case CKR_FUNCTION_CANCELED:
            return problem(CardError::no_entry);
        case CKR_USER_PIN_NOT_INITIALIZED:
            return problem(CardError::no_pin);
        case CKR_FUNCTION_NOT_SUPPORTED:
        case CKR_MECHANISM_INVALID:
        case CKR_KEY_FUNCTION_NOT_PERMITTED:
        case CKR_KEY_TYPE_INCONSISTENT:
        case CKR_TOKEN_WRITE_PROTECTED:
            return problem(CardError::not_there);
        default:  // open set: modules have codes of their own
            return problem(CardError::broken);
    }
}

void Cryptoki::Unload::operator()(void* library) const {
    static_cast<void>(::dlclose(library));
}

Cryptoki::Cryptoki(const std::string& path)
    : library_(::dlopen(path.c_str(), RTLD_NOW | RTLD_NODELETE)) {
    if (!library_)
        cannot_be_used(path, "there is no such library, or one that it needs is missing");
    const auto get_functions =
        reinterpret_cast<CK_C_GetFunctionList>(::dlsym(library_.get(), "C_GetFunctionList"));
    if (get_functions == nullptr) cannot_be_used(path, "it is not a PKCS#11 module");
    CK_FUNCTION_LIST* list = nullptr;
    if (get_functions(&list) != CKR_OK || list == nullptr || list->version.major != major_version) {
        cannot_be_used(path, "it has another version than 2");
    }
    functions_ = *list;
    CK_C_INITIALIZE_ARGS arguments{};
    arguments.flags = CKF_OS_LOCKING_OK;
    const CK_RV code = functions_.C_Initialize(&arguments);
    // Whoever was first would end it for both.
    if (code == CKR_CRYPTOKI_ALREADY_INITIALIZED)
        cannot_be_used(path, "this program has it already");
    if (code != CKR_OK) cannot_be_used(path, "it does not start; look at its configuration");
}

Cryptoki::~Cryptoki() {
    static_cast<void>(functions_.C_Finalize(nullptr));
}

CardResult<SlotToken> slot_token(const Cryptoki& module, CK_SLOT_ID slot) {
    CK_SLOT_INFO reader{};
    CK_TOKEN_INFO token{};
    CK_RV code = module.functions().C_GetSlotInfo(slot, &reader);
    if (code == CKR_OK) code = module.functions().C_GetTokenInfo(slot, &token);
    if (code != CKR_OK) return problem_of(code);
    return SlotToken{.slot = slot,
                     .reader = text_in(reader.slotDescription),
                     .label = text_in(token.label),
                     .serial = text_in(token.serialNumber),
                     .flags = token.flags,
                     .pin_bytes_min = token.ulMinPinLen,
                     .pin_bytes_max = token.ulMaxPinLen};
}

CardResult<std::vector<std::string>> slot_readers(const Cryptoki& module) {
    const auto slots = slots_of(module, CK_FALSE);
    if (!slots) return std::unexpected(slots.error());
    std::vector<std::string> out;
    for (const auto slot : *slots) {
        CK_SLOT_INFO reader{};
        if (module.functions().C_GetSlotInfo(slot, &reader) != CKR_OK) continue;  // it went
        auto name = text_in(reader.slotDescription);
        if (std::ranges::find(out, name) == out.end()) out.push_back(std::move(name));
    }
    return out;
}

CardResult<std::vector<SlotToken>> slot_tokens(const Cryptoki& module) {
    const auto slots = slots_of(module, CK_TRUE);
    if (!slots) return std::unexpected(slots.error());
    std::vector<SlotToken> out;
    for (const auto slot : *slots) {
        // One that was pulled since, or that is not formatted, is left out.
        auto token = slot_token(module, slot);
        if (token && (token->flags & CKF_TOKEN_INITIALIZED) != 0) out.push_back(std::move(*token));
    }
    return out;
}

CardResult<Session> Session::open(const Cryptoki& module, CK_SLOT_ID slot, Kind kind) {
    const CK_FLAGS flags = CKF_SERIAL_SESSION | (kind == Kind::read_write ? CKF_RW_SESSION : 0UL);
    CK_SESSION_HANDLE handle = CK_INVALID_HANDLE;
    const CK_RV code = module.functions().C_OpenSession(slot, flags, nullptr, nullptr, &handle);
    if (code != CKR_OK) return problem_of(code);
    return Session(module, handle);
}

Session::Session(Session&& other) noexcept
    : module_(other.module_),
      handle_(std::exchange(other.handle_, CK_INVALID_HANDLE)),
      logged_in_(std::exchange(other.logged_in_, false)) {}

// Errors: the card is gone, and the session with it.
Session::~Session() {
    if (logged_in_) static_cast<void>(module_->functions().C_Logout(handle_));
    if (handle_ != CK_INVALID_HANDLE)
        static_cast<void>(module_->functions().C_CloseSession(handle_));
}

CardResult<void> Session::log_in(const Secret& pin) {
    const CK_RV code =
        module_->functions().C_Login(handle_, CKU_USER, input_pin(pin), size_of(pin.view()));
    if (code != CKR_OK) return problem_of(code);
    logged_in_ = true;
    return {};
}

CardResult<std::optional<CK_OBJECT_HANDLE>> Session::find(CK_OBJECT_CLASS kind,
                                                          std::uint8_t id) const {
    // A module may show things of its own under the same number: YubiKey's, attestations.
    CK_BBOOL on_token = CK_TRUE;
    std::array<CK_ATTRIBUTE, 3> wanted{CK_ATTRIBUTE{CKA_CLASS, &kind, sizeof kind},
                                       CK_ATTRIBUTE{CKA_ID, &id, sizeof id},
                                       CK_ATTRIBUTE{CKA_TOKEN, &on_token, sizeof on_token}};
    const auto& call = module_->functions();
    CK_RV code = call.C_FindObjectsInit(handle_, wanted.data(), wanted.size());
    if (code != CKR_OK) return problem_of(code);
    std::array<CK_OBJECT_HANDLE, 2> found{};
    CK_ULONG count = 0;
    code = call.C_FindObjects(handle_, found.data(), found.size(), &count);
    const CK_RV ended = call.C_FindObjectsFinal(handle_);
    if (code != CKR_OK) return problem_of(code);
    if (ended != CKR_OK) return problem_of(ended);
    if (count > 1) return problem(CardError::broken);
    return count == 0 ? std::nullopt : std::optional(found[0]);
}

CardResult<Bytes> Session::attribute(CK_OBJECT_HANDLE object, CK_ATTRIBUTE_TYPE type) const {
    CK_ATTRIBUTE wanted{type, nullptr, 0};
    CK_RV code = module_->functions().C_GetAttributeValue(handle_, object, &wanted, 1);
    if (code != CKR_OK) return problem_of(code);
    // Also what says that it cannot be told (CK_UNAVAILABLE_INFORMATION), the highest number.
    if (wanted.ulValueLen > attribute_bytes_max) return problem(CardError::broken);
    Bytes out(wanted.ulValueLen);
    wanted.pValue = out.data();
    code = module_->functions().C_GetAttributeValue(handle_, object, &wanted, 1);
    if (code != CKR_OK) return problem_of(code);
    if (wanted.ulValueLen > out.size()) return problem(CardError::broken);
    out.resize(wanted.ulValueLen);
    return out;
}

// Keys of modules from before 2.20 do not have it: "no".
bool Session::always_authenticates(CK_OBJECT_HANDLE key) const {
    const auto value = attribute(key, CKA_ALWAYS_AUTHENTICATE);
    return value && std::ranges::equal(*value, std::array<std::uint8_t, 1>{CK_TRUE});
}

CardResult<Bytes> Session::sign(CK_OBJECT_HANDLE key, CK_MECHANISM_TYPE mechanism,
                                const Secret& pin, ByteView data) const {
    const auto& call = module_->functions();
    CK_MECHANISM how{mechanism, nullptr, 0};
    CK_RV code = call.C_SignInit(handle_, &how, key);
    if (code != CKR_OK) return problem_of(code);
    if (always_authenticates(key)) {
        code = call.C_Login(handle_, CKU_CONTEXT_SPECIFIC, input_pin(pin), size_of(pin.view()));
        if (code != CKR_OK) return problem_of(code);
    }
    Bytes out(token_signature_bytes_max);
    CK_ULONG size = out.size();
    code = call.C_Sign(handle_, input(data), size_of(data), out.data(), &size);
    if (code != CKR_OK) return problem_of(code);
    if (size > out.size()) return problem(CardError::broken);
    out.resize(size);
    return out;
}

CardResult<void> Session::generate(CK_MECHANISM_TYPE mechanism, std::uint8_t id,
                                   std::string_view label,
                                   std::span<const CK_ATTRIBUTE> parameters) const {
    CK_BBOOL yes = CK_TRUE;
    CK_BBOOL no = CK_FALSE;
    const auto name = as_bytes(label);
    const CK_ATTRIBUTE on_token{CKA_TOKEN, &yes, sizeof yes};
    const CK_ATTRIBUTE identifier{CKA_ID, &id, sizeof id};
    const CK_ATTRIBUTE named{CKA_LABEL, input(name), size_of(name)};
    std::vector<CK_ATTRIBUTE> open{on_token, identifier, named, {CKA_VERIFY, &yes, sizeof yes}};
    open.insert(open.end(), parameters.begin(), parameters.end());
    std::array<CK_ATTRIBUTE, 7> closed{on_token,
                                       identifier,
                                       named,
                                       CK_ATTRIBUTE{CKA_PRIVATE, &yes, sizeof yes},
                                       CK_ATTRIBUTE{CKA_SIGN, &yes, sizeof yes},
                                       CK_ATTRIBUTE{CKA_SENSITIVE, &yes, sizeof yes},
                                       CK_ATTRIBUTE{CKA_EXTRACTABLE, &no, sizeof no}};
    CK_MECHANISM how{mechanism, nullptr, 0};
    CK_OBJECT_HANDLE public_half = CK_INVALID_HANDLE;
    CK_OBJECT_HANDLE private_half = CK_INVALID_HANDLE;
    const CK_RV code = module_->functions().C_GenerateKeyPair(
        handle_, &how, open.data(), open.size(), closed.data(), closed.size(), &public_half,
        &private_half);
    if (code != CKR_OK) return problem_of(code);
    return {};
}

CardResult<void> Session::generate_aes(std::uint8_t id, std::string_view label) const {
    CK_BBOOL yes = CK_TRUE;
    CK_BBOOL no = CK_FALSE;
    CK_ULONG size = 32;
    const auto name = as_bytes(label);
    std::array<CK_ATTRIBUTE, 9> attributes{CK_ATTRIBUTE{CKA_TOKEN, &yes, sizeof yes},
                                           CK_ATTRIBUTE{CKA_ID, &id, sizeof id},
                                           CK_ATTRIBUTE{CKA_LABEL, input(name), size_of(name)},
                                           CK_ATTRIBUTE{CKA_VALUE_LEN, &size, sizeof size},
                                           CK_ATTRIBUTE{CKA_PRIVATE, &yes, sizeof yes},
                                           CK_ATTRIBUTE{CKA_ENCRYPT, &yes, sizeof yes},
                                           CK_ATTRIBUTE{CKA_DECRYPT, &yes, sizeof yes},
                                           CK_ATTRIBUTE{CKA_SENSITIVE, &yes, sizeof yes},
                                           CK_ATTRIBUTE{CKA_EXTRACTABLE, &no, sizeof no}};
    CK_MECHANISM how{CKM_AES_KEY_GEN, nullptr, 0};
    CK_OBJECT_HANDLE key = CK_INVALID_HANDLE;
    const CK_RV code = module_->functions().C_GenerateKey(handle_, &how, attributes.data(),
                                                          attributes.size(), &key);
    if (code != CKR_OK) return problem_of(code);
    return {};
}

namespace {

constexpr CK_ULONG gcm_tag_bits = 128;

CK_GCM_PARAMS gcm_parameters(const Session::Gcm& how) {
    return {.iv_ptr = input(how.iv),
            .iv_len = size_of(how.iv),
            .iv_bits = size_of(how.iv) * 8,
            .aad_ptr = input(how.bound_to),
            .aad_len = size_of(how.bound_to),
            .tag_bits = gcm_tag_bits};
}

}  // namespace

CardResult<Bytes> Session::encrypt(const Gcm& how, ByteView plain) const {
    auto parameters = gcm_parameters(how);
    CK_MECHANISM mechanism{CKM_AES_GCM, &parameters, sizeof parameters};
    const auto& call = module_->functions();
    CK_RV code = call.C_EncryptInit(handle_, &mechanism, how.key);
    if (code != CKR_OK) return problem_of(code);
    Bytes out(plain.size() + gcm_tag_bits / 8);
    CK_ULONG size = out.size();
    code = call.C_Encrypt(handle_, input(plain), size_of(plain), out.data(), &size);
    if (code != CKR_OK) return problem_of(code);
    if (size != out.size()) return problem(CardError::broken);
    return out;
}

CardResult<Secret> Session::decrypt(const Gcm& how, ByteView sealed) const {
    auto parameters = gcm_parameters(how);
    CK_MECHANISM mechanism{CKM_AES_GCM, &parameters, sizeof parameters};
    const auto& call = module_->functions();
    CK_RV code = call.C_DecryptInit(handle_, &mechanism, how.key);
    if (code != CKR_OK) return problem_of(code);
    // As long as what goes in: some modules ask for so much.
    Secret room(sealed.size());
    CK_ULONG size = room.size();
    code = call.C_Decrypt(handle_, input(sealed), size_of(sealed), room.writable().data(), &size);
    if (code != CKR_OK) return problem_of(code);
    if (size > room.size()) return problem(CardError::broken);
    return Secret(room.view().first(size));
}

CardResult<void> Session::set_pin(const Secret& pin, const Secret& new_pin) const {
    const CK_RV code =
        module_->functions().C_SetPIN(handle_, input(pin.view()), size_of(pin.view()),
                                      input(new_pin.view()), size_of(new_pin.view()));
    if (code != CKR_OK) return problem_of(code);
    return {};
}

}  // namespace mado::card
