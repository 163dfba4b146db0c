// Internal to lib/http: TLS 1.3 on a non-blocking socket.
//
// Not Asio's TLS stream: that one holds two 17 kB buffers and a pair of memory BIOs for every
// connection, 70 kB while it is idle (this: 20 kB), and a relay keeps tens of thousands of idle
// connections of gateways. Here OpenSSL reads and writes the socket itself and gives its buffers
// back between records; Asio only says when the socket is ready.
#pragma once

#include <openssl/ssl.h>

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "crypto/openssl.hpp"
#include "http/http.hpp"

namespace mado::http {

struct TlsContext::State {
    crypto::Owned<SSL_CTX, SSL_CTX_free> context;
    crypto::Owned<BIO_METHOD, BIO_meth_free> socket_method;
    AcceptPeer accept;  // of a client
};

enum class Side { server, client };

// What one attempt at a socket that must not block came to.
enum class Step {
    done,
    want_read,
    want_write,
    ended,        // closed, by close_notify or without
    certificate,  // one side does not accept the other's certificate
    malformed,    // not TLS 1.3
};

struct Attempt {
    Step step;
    std::size_t bytes = 0;
};

class TlsSession {
  public:
    // `server_name` is sent by a client unless it is empty (RFC 6066 section 3: never an address).
    TlsSession(const TlsContext& context, int socket, Side side, const std::string& server_name);
    TlsSession(const TlsSession&) = delete;
    TlsSession& operator=(const TlsSession&) = delete;

    Attempt handshake();
    Attempt read(std::span<char> into);
    Attempt write(std::string_view bytes);
    // Bytes came in that no read() has returned yet.
    [[nodiscard]] bool has_pending() const;
    // Tells the peer that nothing more comes, if the socket takes it at once.
    void say_goodbye();
    [[nodiscard]] std::optional<Hash> peer_certificate() const;

  private:
    Attempt judge(int result, std::size_t bytes);
    int socket_;
    crypto::Owned<SSL, SSL_free> ssl_;
    bool broken_ = false;  // OpenSSL forbids further calls after a fatal error
};

}  // namespace mado::http
