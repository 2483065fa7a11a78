package storetest

import (
	"bytes"
	"io"
	"net"
	"net/url"
	"sync"
	"testing"
)

// Proxy stands between a client and a Postgres server, and can keep them apart.
type Proxy struct {
	listener net.Listener
	server   string

	mu      sync.Mutex
	changed *sync.Cond
	mode    proxyMode
	open    []net.Conn
	sent    bytes.Buffer // by clients
}

type proxyMode int

const (
	passing proxyMode = iota
	hanging           // connections are taken, and nothing comes of them
	refusing
)

// NewProxy returns a proxy before the server of an address, and the address that leads
// through it.
func NewProxy(t testing.TB, address string) (*Proxy, string) {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &Proxy{listener: listener, server: socketOf(u)}
	p.changed = sync.NewCond(&p.mu)
	t.Cleanup(func() {
		p.Refuse()
		end(listener)
	})
	go p.serve()
	q := u.Query()
	q.Del("host")
	q.Del("port")
	q.Set("sslmode", "disable")
	u.Host, u.RawQuery = listener.Addr().String(), q.Encode()
	return p, u.String()
}

// socketOf is the server's socket, which an address names in its host or its query.
func socketOf(u *url.URL) string {
	if folder := u.Query().Get("host"); folder != "" {
		port := u.Query().Get("port")
		if port == "" {
			port = "5432"
		}
		return folder + "/.s.PGSQL." + port
	}
	return u.Host
}

// Pass lets everything through, also what waited.
func (p *Proxy) Pass() { p.set(passing) }

// Hang keeps everything from then on.
func (p *Proxy) Hang() { p.set(hanging) }

// Refuse ends all connections, and new ones at once.
func (p *Proxy) Refuse() { p.set(refusing) }

func (p *Proxy) set(mode proxyMode) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.mode = mode
	p.changed.Broadcast()
	if mode == refusing {
		for _, c := range p.open {
			end(c)
		}
		p.open = nil
	}
}

// Sent counts how often a text stands in what clients sent.
func (p *Proxy) Sent(text string) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return bytes.Count(p.sent.Bytes(), []byte(text))
}

func (p *Proxy) serve() {
	for {
		client, err := p.listener.Accept()
		if err != nil {
			return
		}
		go p.join(client)
	}
}

// keep remembers a connection, to be ended; false when it is refused.
func (p *Proxy) keep(c net.Conn) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.mode == refusing {
		end(c)
		return false
	}
	p.open = append(p.open, c)
	return true
}

func (p *Proxy) join(client net.Conn) {
	if !p.keep(client) {
		return
	}
	network := "tcp"
	if p.server[0] == '/' {
		network = "unix"
	}
	server, err := net.Dial(network, p.server)
	if err != nil {
		end(client)
		return
	}
	if !p.keep(server) {
		end(client)
		return
	}
	go p.copy(client, server, false)
	p.copy(server, client, true)
}

// copy moves bytes while the proxy lets them pass.
func (p *Proxy) copy(to, from net.Conn, counted bool) {
	defer end(to)
	defer end(from)
	buffer := make([]byte, 32<<10)
	for {
		n, err := from.Read(buffer)
		if !p.mayPass(buffer[:n], counted) {
			return
		}
		if n > 0 {
			if _, err := to.Write(buffer[:n]); err != nil {
				return
			}
		}
		if err != nil && err != io.EOF || n == 0 {
			return
		}
	}
}

func (p *Proxy) mayPass(bytes []byte, counted bool) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if counted {
		p.sent.Write(bytes)
	}
	for p.mode == hanging {
		p.changed.Wait()
	}
	return p.mode == passing
}

// end closes a connection that may be closed already.
func end(c io.Closer) { _ = c.Close() }
