#include "http/tls.hpp"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>

#include "base/file.hpp"
#include "base/result.hpp"

namespace mado::http {
namespace {

using crypto::check;

// What a peer may send as its chain before we know it; one organisation certificate is about 1 kB.
constexpr long certificate_list_bytes_max = 16L * 1024;
constexpr std::array<unsigned char, 9> http_1_1 = {8, 'h', 't', 't', 'p', '/', '1', '.', '1'};

std::string openssl_reason() {
    const unsigned long code = ERR_peek_last_error();
    ERR_clear_error();
    const char* reason = ERR_reason_error_string(code);
    return reason == nullptr ? "no reason given" : reason;
}

// A BIO that differs from OpenSSL's own socket BIO in one thing: a peer that has gone is an error
// of send(2), not a SIGPIPE that ends the process.
int socket_of(BIO* bio) {
    return *static_cast<const int*>(BIO_get_data(bio));
}

int bio_write(BIO* bio, const char* bytes, int size) {
    BIO_clear_retry_flags(bio);
    const auto count = ::send(socket_of(bio), bytes, static_cast<std::size_t>(size), MSG_NOSIGNAL);
    if (count < 0 && (errno == EAGAIN || errno == EINTR)) BIO_set_retry_write(bio);
    return static_cast<int>(count);
}

int bio_read(BIO* bio, char* into, int size) {
    BIO_clear_retry_flags(bio);
    const auto count = ::recv(socket_of(bio), into, static_cast<std::size_t>(size), 0);
    if (count < 0 && (errno == EAGAIN || errno == EINTR)) BIO_set_retry_read(bio);
    return static_cast<int>(count);
}

long bio_control(BIO*, int command, long, void*) {
    return command == BIO_CTRL_FLUSH ? 1 : 0;
}

std::optional<Hash> certificate_hash(const X509* certificate) {
    if (certificate == nullptr) return std::nullopt;
    Hash hash{};
    unsigned int size = 0;
    if (X509_digest(certificate, EVP_sha256(), hash.data(), &size) != 1) return std::nullopt;
    return hash;
}

// Any certificate is let in: who it belongs to is decided by its SHA-256, which the signed
// directory lists, not by an authority, a name or a date inside it; and no chain is built from what
// an unknown peer sent. TLS still proves that the peer holds the key (RFC 8446 section 4.4.3).
int accept_any_client(X509_STORE_CTX* store, void*) {
    X509_STORE_CTX_set_error(store, X509_V_OK);
    return 1;
}

int accept_pinned_server(X509_STORE_CTX* store, void* context) {
    X509_STORE_CTX_set_error(store, X509_V_ERR_CERT_REJECTED);
    try {
        const auto* state = static_cast<const TlsContext::State*>(context);
        const auto hash = certificate_hash(X509_STORE_CTX_get0_cert(store));
        if (!hash || !state->accept || !state->accept(*hash)) return 0;
    } catch (...) {  // an exception must not run through OpenSSL's frames
        return 0;
    }
    X509_STORE_CTX_set_error(store, X509_V_OK);
    return 1;
}

int choose_protocol(SSL*, const unsigned char** chosen, unsigned char* chosen_size,
                    const unsigned char* offered, unsigned int offered_size, void*) {
    unsigned char* selected = nullptr;
    const int found = SSL_select_next_proto(&selected, chosen_size, http_1_1.data(),
                                            http_1_1.size(), offered, offered_size);
    if (found != OPENSSL_NPN_NEGOTIATED) return SSL_TLSEXT_ERR_NOACK;
    *chosen = selected;
    return SSL_TLSEXT_ERR_OK;
}

// An encrypted key must not make a server ask for a password on its terminal.
int no_password(char*, int, int, void*) {
    return -1;
}

std::unique_ptr<TlsContext::State> make_state(const SSL_METHOD* method) {
    auto state = std::make_unique<TlsContext::State>();
    ERR_clear_error();
    state->context.reset(check(SSL_CTX_new(method), "make a TLS context"));
    SSL_CTX* context = state->context.get();
    check(SSL_CTX_set_min_proto_version(context, TLS1_3_VERSION) == 1, "set TLS 1.3");
    check(SSL_CTX_set_max_proto_version(context, TLS1_3_VERSION) == 1, "set TLS 1.3");
    // No resumption: every connection proves both keys again, so that a certificate taken out of
    // the directory is of no use from the next connection on.
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_options(context, SSL_OP_NO_TICKET);
    check(SSL_CTX_set_num_tickets(context, 0), "set no session tickets");
    SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE |
                                  SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    SSL_CTX_set_read_ahead(context, 1);
    SSL_CTX_set_max_cert_list(context, certificate_list_bytes_max);

    BIO_METHOD* bio = check(BIO_meth_new(BIO_TYPE_SOURCE_SINK, "socket"), "make a BIO method");
    state->socket_method.reset(bio);
    check(BIO_meth_set_write(bio, bio_write), "set a BIO's write");
    check(BIO_meth_set_read(bio, bio_read), "set a BIO's read");
    check(BIO_meth_set_ctrl(bio, bio_control), "set a BIO's control");
    return state;
}

crypto::OwnedBio memory(ByteView bytes) {
    return crypto::OwnedBio(
        check(BIO_new_mem_buf(bytes.data(), crypto::int_size(bytes.size())), "read a text"));
}

void use_identity(SSL_CTX* context, const TlsIdentity& identity) {
    auto certificate_text = memory(as_bytes(identity.certificate_pem));
    const crypto::Owned<X509, X509_free> certificate(
        PEM_read_bio_X509(certificate_text.get(), nullptr, no_password, nullptr));
    if (certificate == nullptr || SSL_CTX_use_certificate(context, certificate.get()) != 1)
        throw OperatorError("the TLS certificate cannot be read (" + openssl_reason() +
                            "); the configuration must name a certificate in PEM form");
    if (identity.key_pem == nullptr) throw Failure("a TLS identity without a key");
    auto key_text = memory(identity.key_pem->view());
    const crypto::OwnedKey key(
        PEM_read_bio_PrivateKey(key_text.get(), nullptr, no_password, nullptr));
    if (key == nullptr)
        throw OperatorError("the TLS key cannot be read (" + openssl_reason() +
                            "); the configuration must name a private key in PEM form that is "
                            "not encrypted");
    if (SSL_CTX_use_PrivateKey(context, key.get()) != 1 || SSL_CTX_check_private_key(context) != 1)
        throw OperatorError("the TLS key does not belong to the TLS certificate (" +
                            openssl_reason() + "); configure the two files of one pair");
}

std::unique_ptr<TlsContext::State> make_client_state(AcceptPeer accept) {
    auto state = make_state(TLS_client_method());
    state->accept = std::move(accept);
    SSL_CTX* context = state->context.get();
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nullptr);
    SSL_CTX_set_cert_verify_callback(context, accept_pinned_server, state.get());
    // Returns 0 for success, unlike its neighbours.
    check(SSL_CTX_set_alpn_protos(context, http_1_1.data(), http_1_1.size()) == 0 ? 1 : 0,
          "set ALPN");
    return state;
}

// Alerts by which a peer says that it wants another certificate, or one at all (RFC 8446
// section 6.2).
bool is_certificate_alert(int reason) {
    return reason == SSL_R_TLSV13_ALERT_CERTIFICATE_REQUIRED ||
           reason == SSL_R_SSLV3_ALERT_BAD_CERTIFICATE ||
           reason == SSL_R_SSLV3_ALERT_UNSUPPORTED_CERTIFICATE ||
           reason == SSL_R_SSLV3_ALERT_CERTIFICATE_REVOKED ||
           reason == SSL_R_SSLV3_ALERT_CERTIFICATE_EXPIRED ||
           reason == SSL_R_SSLV3_ALERT_CERTIFICATE_UNKNOWN ||
           reason == SSL_R_TLSV1_ALERT_UNKNOWN_CA || reason == SSL_R_TLSV1_ALERT_ACCESS_DENIED;
}

std::string read_certificate(const std::string& folder) {
    auto pem = read_file(folder + "/tls.crt", 64 * 1024);
    if (!pem) throw OperatorError("the certificate is missing: " + folder + "/tls.crt");
    return std::move(*pem);
}

}  // namespace

TlsContext::TlsContext(std::unique_ptr<State> state) : state_(std::move(state)) {}
TlsContext::TlsContext(TlsContext&&) noexcept = default;
TlsContext& TlsContext::operator=(TlsContext&&) noexcept = default;
TlsContext::~TlsContext() = default;

TlsContext TlsContext::server(const TlsIdentity& identity, bool client_certificate_required) {
    auto state = make_state(TLS_server_method());
    SSL_CTX* context = state->context.get();
    use_identity(context, identity);
    SSL_CTX_set_alpn_select_cb(context, choose_protocol, nullptr);
    if (client_certificate_required) {
        SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
        SSL_CTX_set_cert_verify_callback(context, accept_any_client, nullptr);
    }
    return TlsContext(std::move(state));
}

TlsContext TlsContext::client(const TlsIdentity& identity, AcceptPeer accept) {
    auto state = make_client_state(std::move(accept));
    use_identity(state->context.get(), identity);
    return TlsContext(std::move(state));
}

TlsContext TlsContext::load_server(const std::string& folder, bool client_certificate_required) {
    const Secret key = read_secret_file(folder + "/tls.key");
    return server({.certificate_pem = read_certificate(folder), .key_pem = &key},
                  client_certificate_required);
}

TlsContext TlsContext::load_client(const std::string& folder, AcceptPeer accept) {
    const Secret key = read_secret_file(folder + "/tls.key");
    return client({.certificate_pem = read_certificate(folder), .key_pem = &key},
                  std::move(accept));
}

TlsContext TlsContext::client(AcceptPeer accept) {
    return TlsContext(make_client_state(std::move(accept)));
}

TlsSession::TlsSession(const TlsContext& context, int socket, Side side,
                       const std::string& server_name)
    : socket_(socket), ssl_(check(SSL_new(context.state().context.get()), "make a TLS session")) {
    BIO* bio = check(BIO_new(context.state().socket_method.get()), "make a BIO");
    BIO_set_data(bio, &socket_);
    BIO_set_init(bio, 1);
    SSL_set_bio(ssl_.get(), bio, bio);  // takes over the one reference
    switch (side) {
        case Side::server:
            SSL_set_accept_state(ssl_.get());
            break;
        case Side::client:
            SSL_set_connect_state(ssl_.get());
            if (server_name.empty()) break;
            check(static_cast<int>(SSL_set_tlsext_host_name(ssl_.get(), server_name.c_str())),
                  "set the server's name");
            break;
    }
}

Attempt TlsSession::judge(int result, std::size_t bytes) {
    if (result == 1) return {Step::done, bytes};
    const int error = SSL_get_error(ssl_.get(), result);
    if (error == SSL_ERROR_WANT_READ) return {Step::want_read};
    if (error == SSL_ERROR_WANT_WRITE) return {Step::want_write};
    if (error == SSL_ERROR_ZERO_RETURN) return {Step::ended};
    broken_ = true;
    const int reason = ERR_GET_REASON(ERR_peek_last_error());
    ERR_clear_error();
    if (SSL_get_verify_result(ssl_.get()) != X509_V_OK) return {Step::certificate};
    if (error != SSL_ERROR_SSL || reason == SSL_R_UNEXPECTED_EOF_WHILE_READING)
        return {Step::ended};
    return {is_certificate_alert(reason) ? Step::certificate : Step::malformed};
}

Attempt TlsSession::handshake() {
    if (broken_) return {Step::ended};
    ERR_clear_error();
    return judge(SSL_do_handshake(ssl_.get()), 0);
}

Attempt TlsSession::read(std::span<char> into) {
    if (broken_) return {Step::ended};
    ERR_clear_error();
    std::size_t bytes = 0;
    const int result = SSL_read_ex(ssl_.get(), into.data(), into.size(), &bytes);
    return judge(result, bytes);
}

Attempt TlsSession::write(std::string_view text) {
    if (broken_) return {Step::ended};
    ERR_clear_error();
    std::size_t bytes = 0;
    const int result = SSL_write_ex(ssl_.get(), text.data(), text.size(), &bytes);
    return judge(result, bytes);
}

bool TlsSession::has_pending() const {
    return SSL_has_pending(ssl_.get()) == 1;
}

void TlsSession::say_goodbye() {
    if (broken_ || SSL_is_init_finished(ssl_.get()) != 1) return;
    // Best effort: HTTP says where a message ends, so a cut connection is noticed without it.
    broken_ = SSL_shutdown(ssl_.get()) < 0;
    ERR_clear_error();
}

std::optional<Hash> TlsSession::peer_certificate() const {
    return certificate_hash(SSL_get0_peer_certificate(ssl_.get()));
}

}  // namespace mado::http
