// PKCS#11 against SoftHSM2, which keeps tokens in files. OpenSC's module over a card in a reader is
// in tests/cards_test.cpp.
#include "card/pkcs11.hpp"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <map>
#include <thread>

#include "card/cryptoki.hpp"
#include "card/pkcs11_readers.hpp"
#include "crypto/test_command.hpp"

namespace mado::card {
namespace {

using crypto::CertificateUse;
using crypto::KeyType;
using crypto::run_well;

constexpr auto authentication = KeyUse::authentication;
constexpr auto signing = KeyUse::signing;
const std::string softhsm = "/usr/lib/softhsm/libsofthsm2.so";

Secret secret(std::string_view text) {
    return Secret(as_bytes(text));
}

// SoftHSM2's tokens, in a folder of its own; each has two keys behind the PIN 123456.
class SoftTokens {
  public:
    SoftTokens() {
        replace_file(path("softhsm2.conf"),
                     as_bytes("directories.tokendir = " + path("") + "\nlog.level = ERROR\n"));
        ::setenv("SOFTHSM2_CONF", path("softhsm2.conf").c_str(), 1);
    }
    [[nodiscard]] std::string path(const std::string& name) const { return folder_.path(name); }

    void add(const std::string& label) const {
        run_well(fmt::format(
            "softhsm2-util --init-token --free --label {} --pin 123456 --so-pin 12345678", label));
    }
    // A key that was made outside and its certificate, by other people's programs.
    void add_key(const std::string& label, std::string_view id, const crypto::PrivateKey& key,
                 CertificateUse use) const {
        replace_file(path("key.pem"), key.pem().view(), 0600);
        replace_file(path("certificate.der"), certify(key, use).der());
        run_well(
            fmt::format("softhsm2-util --import {} --token {} --label key --id {} --pin 123456",
                        path("key.pem"), label, id));
        add_certificate(label, id);
    }
    void add_certificate(const std::string& label, std::string_view id) const {
        run_well(
            fmt::format("pkcs11-tool --module {} --token-label {} --login --pin 123456 "
                        "--write-object {} --type cert --id {}",
                        softhsm, label, path("certificate.der"), id));
    }
    static crypto::Certificate certify(const crypto::PrivateKey& key, CertificateUse use) {
        static const auto authority_key = crypto::PrivateKey::generate(KeyType::p256);
        static const auto authority = crypto::self_signed({.use = CertificateUse::authority,
                                                           .common_name = "Test card authority",
                                                           .not_before = 1'700'000'000,
                                                           .not_after = 1'900'000'000},
                                                          authority_key);
        return crypto::issue({.use = use,
                              .common_name = "1234567890",
                              .not_before = 1'700'000'000,
                              .not_after = 1'900'000'000},
                             key.public_key(), authority, authority_key);
    }

  private:
    TempFolder folder_;
};

class Pkcs11Test : public testing::Test {
  protected:
    // Made once, because each step is a program; tests leave them as they were.
    static void SetUpTestSuite() {
        tokens = std::make_unique<SoftTokens>();
        const auto add = [](const char* label, KeyType first, KeyType second) {
            tokens->add(label);
            tokens->add_key(label, "01", crypto::PrivateKey::generate(first),
                            CertificateUse::authentication);
            tokens->add_key(label, "02", crypto::PrivateKey::generate(second),
                            CertificateUse::signing);
        };
        add("curves", KeyType::p256, KeyType::p384);
        add("rsa", KeyType::rsa, KeyType::rsa);
        tokens->add("empty");
    }
    static void TearDownTestSuite() { tokens.reset(); }

    static unsigned long slot_of(const Pkcs11& module, std::string_view label) {
        for (const auto& token : module.tokens().value()) {
            if (token.label == label) return token.slot;
        }
        ADD_FAILURE() << "no token " << label;
        return 0;
    }
    static std::unique_ptr<Card> open(std::string_view label) {
        const Pkcs11 module(softhsm);
        return module.open(slot_of(module, label)).value();
    }
    // SoftHSM2 but for what `lie` puts into it.
    template <class Lie>
    static std::unique_ptr<Card> open_with(std::string_view label, const Lie& lie) {
        const auto module = std::make_shared<Cryptoki>(softhsm);
        const Pkcs11 honest(module);
        auto card = honest.open(slot_of(honest, label)).value();
        lie(module->functions_for_lies());
        return card;
    }

    // It is there as long as the module is, or a session of its own.
    static void add_session_certificate(const Cryptoki& module, CK_SLOT_ID slot, Bytes der,
                                        Bytes subject) {
        CK_SESSION_HANDLE session = CK_INVALID_HANDLE;
        const auto& call = module.functions();
        ASSERT_EQ(call.C_OpenSession(slot, CKF_SERIAL_SESSION, nullptr, nullptr, &session), CKR_OK);
        CK_OBJECT_CLASS kind = CKO_CERTIFICATE;
        CK_CERTIFICATE_TYPE type = CKC_X_509;
        CK_BBOOL no = CK_FALSE;
        std::uint8_t id = 0x01;
        std::array<CK_ATTRIBUTE, 7> all{{{CKA_CLASS, &kind, sizeof kind},
                                         {CKA_CERTIFICATE_TYPE, &type, sizeof type},
                                         {CKA_TOKEN, &no, sizeof no},
                                         {CKA_PRIVATE, &no, sizeof no},
                                         {CKA_ID, &id, sizeof id},
                                         {CKA_SUBJECT, subject.data(), subject.size()},
                                         {CKA_VALUE, der.data(), der.size()}}};
        CK_OBJECT_HANDLE made = CK_INVALID_HANDLE;
        ASSERT_EQ(call.C_CreateObject(session, all.data(), all.size(), &made), CKR_OK);
    }

    static std::unique_ptr<SoftTokens> tokens;
    const Secret pin = secret("123456");
};
std::unique_ptr<SoftTokens> Pkcs11Test::tokens;

TEST_F(Pkcs11Test, ListsTokens) {
    const Pkcs11 module(softhsm);
    std::map<std::string, bool> found;
    for (const auto& token : module.tokens().value())
        found[token.label] = token.certificate.has_value();
    EXPECT_EQ(found,
              (std::map<std::string, bool>{{"curves", true}, {"rsa", true}, {"empty", false}}));
    EXPECT_EQ(module.open(slot_of(module, "empty")).error().error, CardError::not_there);
    EXPECT_EQ(module.open(987'654).error().error, CardError::gone);
}

TEST_F(Pkcs11Test, SignsWithBothKeysOfEveryKind) {
    const auto message = as_bytes("a message");
    for (const auto* label : {"curves", "rsa"}) {
        const auto card = open(label);
        const auto first = card->authentication_certificate().value();
        const auto second = card->signing_certificate(pin).value();
        EXPECT_FALSE(first.is_for_signing());
        EXPECT_TRUE(second.is_for_signing());
        const auto by_first = card->sign(authentication, pin, message).value();
        const auto by_second = card->sign(signing, pin, message).value();
        EXPECT_TRUE(first.public_key().verify(message, by_first));
        EXPECT_TRUE(second.public_key().verify(message, by_second));
        EXPECT_FALSE(second.public_key().verify(message, by_first));
    }
}

TEST_F(Pkcs11Test, AnEmptyMessageIsOneToo) {
    for (const auto* label : {"curves", "rsa"}) {
        const auto card = open(label);
        const auto signature = card->sign(authentication, pin, {});
        ASSERT_TRUE(signature.has_value()) << label;
        EXPECT_TRUE(card->authentication_certificate().value().public_key().verify({}, *signature));
    }
}

// YubiKey's module shows its attestation of a key so: the same class and number, not the token's.
TEST_F(Pkcs11Test, WhatOnlyTheModuleHasIsNotTheCards) {
    const auto module = std::make_shared<Cryptoki>(softhsm);
    const Pkcs11 pkcs11(module);
    const auto slot = slot_of(pkcs11, "curves");
    const auto session = Session::open(*module, slot, Session::Kind::read_only).value();
    const auto own = session.find(CKO_CERTIFICATE, 0x01).value().value();
    const auto der = session.attribute(own, CKA_VALUE).value();
    const auto subject = session.attribute(own, CKA_SUBJECT).value();
    add_session_certificate(*module, slot, der, subject);
    EXPECT_TRUE(pkcs11.open(slot).has_value());
}

TEST(Pkcs11, FillsUpTheHalvesOfASignature) {
    const Bytes both{1, 2, 3, 4};
    const auto whole = ecdsa_from_token(both, KeyType::p256).value();
    Bytes expected(64);
    expected[30] = 1;
    expected[31] = 2;
    expected[62] = 3;
    expected[63] = 4;
    EXPECT_EQ(whole, expected);
    EXPECT_EQ(ecdsa_from_token(both, KeyType::p384).value().size(), 96U);
    EXPECT_EQ(ecdsa_from_token(Bytes(64, 7), KeyType::p256).value(), Bytes(64, 7));
    for (const auto size : {0U, 1U, 63U, 66U})
        EXPECT_FALSE(ecdsa_from_token(Bytes(size, 7), KeyType::p256)) << size;
    EXPECT_FALSE(ecdsa_from_token(Bytes(98, 7), KeyType::p384));
}

TEST_F(Pkcs11Test, AModuleWithoutTheHashIsGivenADigestInfo) {
    const auto card = open_with("rsa", [](CK_FUNCTION_LIST& functions) {
        functions.C_GetMechanismInfo = [](CK_SLOT_ID, CK_MECHANISM_TYPE, CK_MECHANISM_INFO*) {
            return CK_RV{CKR_MECHANISM_INVALID};
        };
    });
    const auto signature = card->sign(authentication, pin, as_bytes("a message")).value();
    EXPECT_TRUE(card->authentication_certificate().value().public_key().verify(
        as_bytes("a message"), signature));
}

TEST_F(Pkcs11Test, WrongPins) {
    const auto card = open("curves");
    EXPECT_EQ(card->tries_left(authentication).value(), 2);
    for (const auto* impossible : {"", "123"}) {
        EXPECT_EQ(card->sign(authentication, secret(impossible), {}).error().error,
                  CardError::pin_format);
    }
    EXPECT_EQ(card->tries_left(authentication).value(), 2) << "they were not counted";
    const auto wrong = card->sign(authentication, secret("654321"), {});
    EXPECT_EQ(wrong.error().error, CardError::pin_wrong);
    EXPECT_EQ(wrong.error().tries_left, 1) << "it may be the last";
    EXPECT_EQ(card->tries_left(authentication).value(), 1);
    EXPECT_EQ(card->signing_certificate(secret("654321")).error().error, CardError::pin_wrong);
    EXPECT_TRUE(card->sign(authentication, pin, {}).has_value());
    EXPECT_EQ(card->tries_left(authentication).value(), 2);
}

TEST_F(Pkcs11Test, FlagsSayWhatIsLeft) {
    static CK_FLAGS said = 0;
    static CK_C_GetTokenInfo honest = nullptr;
    const auto card = open_with("curves", [](CK_FUNCTION_LIST& functions) {
        honest = functions.C_GetTokenInfo;
        functions.C_GetTokenInfo = [](CK_SLOT_ID slot, CK_TOKEN_INFO* info) {
            const CK_RV code = honest(slot, info);
            info->flags |= said;
            return code;
        };
    });
    const auto left = [&](CK_FLAGS flags) {
        said = flags;
        return card->tries_left(authentication).value();
    };
    EXPECT_EQ(left(0), 2);
    EXPECT_EQ(left(CKF_USER_PIN_COUNT_LOW), 1);
    EXPECT_EQ(left(CKF_USER_PIN_FINAL_TRY), 1);
    EXPECT_EQ(left(CKF_USER_PIN_LOCKED | CKF_USER_PIN_FINAL_TRY), 0);
}

// Also of a module that sets no flags.
TEST_F(Pkcs11Test, AWrongPinLeavesNoTwoTries) {
    const auto card = open_with("curves", [](CK_FUNCTION_LIST& functions) {
        functions.C_Login = [](CK_SESSION_HANDLE, CK_USER_TYPE, CK_UTF8CHAR*, CK_ULONG) {
            return CK_RV{CKR_PIN_INCORRECT};
        };
    });
    EXPECT_EQ(card->tries_left(authentication).value(), 2);
    EXPECT_EQ(card->sign(authentication, pin, {}).error().tries_left, 1);
}

TEST_F(Pkcs11Test, ChangesThePin) {
    const auto card = open("curves");
    EXPECT_EQ(card->change_pin(authentication, pin, secret("1")).error().error,
              CardError::pin_format);
    EXPECT_EQ(card->change_pin(authentication, secret("654321"), secret("abcdef")).error().error,
              CardError::pin_wrong);
    ASSERT_TRUE(card->change_pin(authentication, pin, secret("abcdef")).has_value());
    EXPECT_EQ(card->sign(authentication, pin, {}).error().error, CardError::pin_wrong);
    EXPECT_TRUE(card->sign(authentication, secret("abcdef"), {}).has_value());
    ASSERT_TRUE(card->change_pin(authentication, secret("abcdef"), pin).has_value());
}

TEST_F(Pkcs11Test, NobodyStaysLoggedIn) {
    const auto module = std::make_shared<Cryptoki>(softhsm);
    const Pkcs11 pkcs11(module);
    const auto slot = slot_of(pkcs11, "curves");
    const auto card = pkcs11.open(slot).value();
    const auto sees_private_key = [&] {
        const auto other = Session::open(*module, slot, Session::Kind::read_only).value();
        return other.find(CKO_PRIVATE_KEY, 0x01).value().has_value();
    };
    EXPECT_TRUE(card->sign(authentication, pin, {}).has_value());
    EXPECT_FALSE(sees_private_key());
    auto session = Session::open(*module, slot, Session::Kind::read_only).value();
    ASSERT_TRUE(session.log_in(pin).has_value());
    EXPECT_TRUE(sees_private_key()) << "all sessions of a program share it";
}

// A reader with a keypad: the module is given no PIN and has it typed there.
TEST_F(Pkcs11Test, ThePinIsTypedAtTheReader) {
    EXPECT_FALSE(open("curves")->takes_pin_at_reader());
    static CK_C_GetTokenInfo honest_info = nullptr;
    static CK_C_Login honest_login = nullptr;
    static std::string_view typed;
    static std::string_view label;
    const auto card = open_with("curves", [](CK_FUNCTION_LIST& functions) {
        honest_info = functions.C_GetTokenInfo;
        honest_login = functions.C_Login;
        functions.C_GetTokenInfo = [](CK_SLOT_ID slot, CK_TOKEN_INFO* info) {
            const CK_RV code = honest_info(slot, info);
            info->flags |= CKF_PROTECTED_AUTHENTICATION_PATH;
            if (!label.empty()) std::ranges::copy(label, info->label);
            return code;
        };
        functions.C_Login = [](CK_SESSION_HANDLE session, CK_USER_TYPE user, CK_UTF8CHAR* text,
                               CK_ULONG size) {
            if (text != nullptr) return honest_login(session, user, text, size);
            if (typed.empty()) return CK_RV{CKR_FUNCTION_CANCELED};
            std::string digits(typed);
            return honest_login(session, user, reinterpret_cast<CK_UTF8CHAR*>(digits.data()),
                                digits.size());
        };
    });
    EXPECT_TRUE(card->takes_pin_at_reader());
    label = "JPKI (User Authentication PIN)";
    EXPECT_FALSE(card->takes_pin_at_reader()) << "OpenSC's driver for it cannot";
    EXPECT_EQ(card->sign(authentication, {}, {}).error().error, CardError::pin_format);
    label = {};
    typed = "123456";
    const auto signature = card->sign(authentication, {}, as_bytes("a message")).value();
    EXPECT_TRUE(card->authentication_certificate().value().public_key().verify(
        as_bytes("a message"), signature));
    typed = "";
    EXPECT_EQ(card->sign(authentication, {}, {}).error().error, CardError::no_entry);
    EXPECT_EQ(card->sign(signing, {}, {}).error().error, CardError::pin_format);
    EXPECT_EQ(card->signing_certificate({}).error().error, CardError::pin_format);
}

// As the agent has it.
TEST_F(Pkcs11Test, AsReaders) {
    tokens->add("third");
    Pkcs11Readers readers(softhsm);
    const auto all = readers.list().value();
    EXPECT_EQ(std::ranges::count(all, true, &Reader::has_card), 4);
    EXPECT_EQ(std::ranges::count(all, false, &Reader::has_card), 1) << "where a token would come";
    EXPECT_EQ(readers.list().value(), all);
    int opened = 0;
    for (const auto& reader : all) {
        const auto card = readers.open(reader.name);
        if (!card) {
            EXPECT_EQ(card.error().error, reader.has_card ? CardError::not_there : CardError::gone);
            continue;
        }
        ++opened;
        const auto signature = (*card)->sign(authentication, pin, as_bytes("a message"));
        EXPECT_TRUE(signature) << static_cast<int>(signature.error().error) << reader.name;
    }
    EXPECT_EQ(opened, 2);
    run_well("softhsm2-util --delete-token --token third");
    const auto after = readers.wait(all, std::chrono::milliseconds(1)).value();
    EXPECT_EQ(std::ranges::count(after, true, &Reader::has_card), 3);
    EXPECT_NE(after, all);
    EXPECT_THROW(Pkcs11Readers("/nowhere/module.so"), OperatorError);
}

// Whoever watches waits until a card is done with.
TEST_F(Pkcs11Test, ReadersOfSeveralThreads) {
    Pkcs11Readers readers(softhsm);
    std::string name;
    const auto all = readers.list().value();
    for (const auto& reader : all) {
        if (readers.open(reader.name)) name = reader.name;
    }
    std::atomic<bool> end = false;
    std::jthread watch([&] {
        while (!end)
            EXPECT_TRUE(readers.list());
    });
    for (int i = 0; i < 20; ++i) {
        const auto card = readers.open(name).value();
        const auto signature = card->sign(authentication, pin, as_bytes("a message"));
        EXPECT_TRUE(signature) << static_cast<int>(signature.error().error);
    }
    end = true;
}

// A key that wants its PIN before each signature, as JPKI's signing key, gets it once more.
TEST_F(Pkcs11Test, ThePinRightBeforeTheSignature) {
    static int given = 0;
    static CK_C_Login honest_login = nullptr;
    static CK_C_GetAttributeValue honest_value = nullptr;
    const auto card = open_with("curves", [](CK_FUNCTION_LIST& functions) {
        honest_login = functions.C_Login;
        honest_value = functions.C_GetAttributeValue;
        functions.C_GetAttributeValue = [](CK_SESSION_HANDLE session, CK_OBJECT_HANDLE object,
                                           CK_ATTRIBUTE* out, CK_ULONG count) {
            const CK_RV code = honest_value(session, object, out, count);
            if (out->type == CKA_ALWAYS_AUTHENTICATE && out->pValue != nullptr) {
                *static_cast<CK_BBOOL*>(out->pValue) = CK_TRUE;
            }
            return code;
        };
        functions.C_Login = [](CK_SESSION_HANDLE session, CK_USER_TYPE user, CK_UTF8CHAR* text,
                               CK_ULONG size) {
            if (user != CKU_CONTEXT_SPECIFIC) return honest_login(session, user, text, size);
            const bool right = std::string_view("123456") == as_text({text, size});
            return ++given == 1 && right ? CK_RV{CKR_OK} : CK_RV{CKR_PIN_INCORRECT};
        };
    });
    EXPECT_TRUE(card->sign(signing, pin, as_bytes("a message")).has_value());
    EXPECT_EQ(given, 1);
    const auto wrong = card->sign(signing, pin, as_bytes("a message"));
    EXPECT_EQ(wrong.error().error, CardError::pin_wrong);
    EXPECT_EQ(wrong.error().tries_left, 1);
}

// Whatever the token answers, no length of it is believed.
TEST_F(Pkcs11Test, LengthsThatLie) {
    static CK_C_GetAttributeValue honest = nullptr;
    static CK_ULONG length = 0;
    const auto card = open_with("curves", [](CK_FUNCTION_LIST& functions) {
        honest = functions.C_GetAttributeValue;
        functions.C_GetAttributeValue = [](CK_SESSION_HANDLE session, CK_OBJECT_HANDLE object,
                                           CK_ATTRIBUTE* out, CK_ULONG count) {
            const CK_RV code = honest(session, object, out, count);
            if (out->type == CKA_VALUE) out->ulValueLen = length;
            return code;
        };
    });
    for (const auto lie : {CK_ULONG{0}, CK_ULONG{attribute_bytes_max + 1}, CK_ULONG{1} << 40,
                           CK_ULONG{CK_UNAVAILABLE_INFORMATION}}) {
        length = lie;
        EXPECT_FALSE(card->authentication_certificate().has_value()) << lie;
    }
}

TEST_F(Pkcs11Test, ASignatureLongerThanItsRoom) {
    const auto card = open_with("curves", [](CK_FUNCTION_LIST& functions) {
        functions.C_Sign = [](CK_SESSION_HANDLE, CK_BYTE*, CK_ULONG, CK_BYTE*, CK_ULONG* size) {
            *size = token_signature_bytes_max + 1;
            return CK_RV{CKR_OK};
        };
    });
    EXPECT_EQ(card->sign(authentication, pin, {}).error().error, CardError::broken);
}

TEST_F(Pkcs11Test, ASignatureOfAnotherKeyIsNone) {
    const auto card = open_with("curves", [](CK_FUNCTION_LIST& functions) {
        functions.C_Sign = [](CK_SESSION_HANDLE, CK_BYTE*, CK_ULONG, CK_BYTE* out,
                              CK_ULONG* size) -> CK_RV {
            std::fill_n(out, 64, 7);
            *size = 64;
            return CKR_OK;
        };
    });
    EXPECT_EQ(card->sign(authentication, pin, {}).error().error, CardError::broken);
}

// A certificate for documents is not what somebody logs in with, whatever its number.
TEST_F(Pkcs11Test, ACertificateForDocumentsDoesNotAuthenticate) {
    tokens->add("documents");
    tokens->add_key("documents", "01", crypto::PrivateKey::generate(KeyType::p256),
                    CertificateUse::signing);
    {
        const Pkcs11 module(softhsm);
        EXPECT_EQ(module.open(slot_of(module, "documents")).error().error, CardError::not_there);
    }
    run_well("softhsm2-util --delete-token --token documents");
}

// Taken out between two tasks.
TEST_F(Pkcs11Test, ATokenThatWentAway) {
    const auto card = open_with("curves", [](CK_FUNCTION_LIST& functions) {
        functions.C_GetSlotInfo = [](CK_SLOT_ID, CK_SLOT_INFO*) {
            return CK_RV{CKR_DEVICE_REMOVED};
        };
    });
    EXPECT_EQ(card->sign(authentication, pin, {}).error().error, CardError::gone);
    EXPECT_EQ(card->tries_left(authentication).error().error, CardError::gone);
    EXPECT_EQ(card->authentication_certificate().error().error, CardError::gone);
}

// In the same slot, before any PIN is given to it.
TEST_F(Pkcs11Test, AnotherTokenInItsPlace) {
    static CK_SLOT_ID other = 0;
    static CK_C_OpenSession honest = nullptr;
    static int log_ins = 0;
    {
        const Pkcs11 module(softhsm);
        other = slot_of(module, "rsa");
    }
    const auto card = open_with("curves", [](CK_FUNCTION_LIST& functions) {
        honest = functions.C_OpenSession;
        functions.C_OpenSession = [](CK_SLOT_ID, CK_FLAGS flags, void* context, CK_NOTIFY notify,
                                     CK_SESSION_HANDLE* out) {
            return honest(other, flags, context, notify, out);
        };
        functions.C_Login = [](CK_SESSION_HANDLE, CK_USER_TYPE, CK_UTF8CHAR*, CK_ULONG) {
            ++log_ins;
            return CK_RV{CKR_PIN_INCORRECT};
        };
    });
    EXPECT_EQ(card->sign(authentication, pin, {}).error().error, CardError::gone);
    EXPECT_EQ(card->sign(signing, pin, {}).error().error, CardError::gone);
    EXPECT_EQ(log_ins, 0);
}

TEST(Pkcs11, ReturnCodes) {
    const std::vector<std::pair<CK_RV, CardError>> codes{
        {CKR_TOKEN_NOT_PRESENT, CardError::gone},
        {CKR_DEVICE_REMOVED, CardError::gone},
        {CKR_SESSION_HANDLE_INVALID, CardError::gone},
        {CKR_PIN_INCORRECT, CardError::pin_wrong},
        {CKR_PIN_LOCKED, CardError::pin_locked},
        {CKR_PIN_INVALID, CardError::pin_format},
        {CKR_PIN_LEN_RANGE, CardError::pin_format},
        {CKR_USER_PIN_NOT_INITIALIZED, CardError::no_pin},
        {CKR_FUNCTION_NOT_SUPPORTED, CardError::not_there},
        {CKR_GENERAL_ERROR, CardError::broken},
        {CKR_VENDOR_DEFINED + 1, CardError::broken}};
    for (const auto& [code, error] : codes)
        EXPECT_EQ(problem_of(code).error().error, error) << code;
}

TEST_F(Pkcs11Test, ModulesThatCannotBeUsed) {
    EXPECT_THROW(Pkcs11("/nowhere/module.so"), OperatorError);
    EXPECT_THROW(Pkcs11("libdl.so.2"), OperatorError);
    const Pkcs11 first(softhsm);
    EXPECT_THROW(Pkcs11{softhsm}, OperatorError) << "whoever is first would end it for both";
}

}  // namespace
}  // namespace mado::card
