package oncall_test

import (
	"bufio"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"net/mail"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// fixed are all the words that ever leave. Whatever else a server gets is a fault of the test.
var fixed = regexp.MustCompile(`^(test|[1-9][0-9]* waiting(, urgent)?(, nobody on duty( any more)?)?|nobody on duty( any more)?)$`)

const (
	title  = "Notices"
	topic  = "/board-7"
	bearer = "tk_0123456789abcdef"
)

// A board takes what ntfy takes, strictly, and can refuse or keep silent.
type board struct {
	t     testing.TB
	http  *httptest.Server
	mu    sync.Mutex
	got   []string // text and priority
	fails int      // status of every answer; 0: it takes
	mute  bool     // it never answers
	open  bool     // it wants no token
}

func newBoard(t testing.TB) *board {
	b := &board{t: t}
	b.http = httptest.NewServer(http.HandlerFunc(b.serve))
	t.Cleanup(b.http.Close)
	return b
}

func (b *board) url() string { return b.http.URL + topic }

func (b *board) serve(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.mute {
		b.mu.Unlock()
		<-r.Context().Done()
		b.mu.Lock()
		return
	}
	for name := range r.Header {
		if !slices.Contains([]string{"Accept-Encoding", "Authorization", "Content-Length", "Content-Type", "Priority", "Tags", "Title", "User-Agent"}, name) {
			b.t.Errorf("a header %s leaves", name)
		}
	}
	h := r.Header
	switch {
	case b.fails != 0:
		w.WriteHeader(b.fails)
		return
	case err != nil, r.Method != http.MethodPost, r.URL.Path != topic, r.URL.RawQuery != "", !fixed.Match(body), h.Get("Title") != title,
		h.Get("Tags") != "bell", h.Get("User-Agent") != "Go", h.Get("Content-Type") != "text/plain; charset=utf-8",
		!slices.Contains([]string{"default", "high", "urgent"}, h.Get("Priority")):
		b.t.Errorf("a strict board refuses %s %s %q %v", r.Method, r.URL, body, h)
		w.WriteHeader(http.StatusBadRequest)
		return
	case !b.open && h.Get("Authorization") != "Bearer "+bearer:
		w.WriteHeader(http.StatusForbidden)
		return
	}
	b.got = append(b.got, string(body)+" / "+h.Get("Priority"))
}

func (b *board) sets(f func()) { b.mu.Lock(); defer b.mu.Unlock(); f() }

// hears takes what came since it was last asked.
func (b *board) hears(want ...string) {
	b.t.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	if !slices.Equal(b.got, want) && len(b.got)+len(want) > 0 {
		b.t.Fatalf("the board has %q, want %q", b.got, want)
	}
	b.got = nil
}

// certificate is one for 127.0.0.1, trusted by this test program alone: TestMain points the system's list at it.
var certificate tls.Certificate

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "")
	if err != nil {
		panic(err)
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		panic(err)
	}
	c := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "test"}, NotBefore: time.Now().Add(-time.Hour),
		NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign}
	der, err := x509.CreateCertificate(rand.Reader, c, c, &key.PublicKey, key)
	if err != nil {
		panic(err)
	}
	certificate = tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
	file := filepath.Join(dir, "roots.pem")
	if err := os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o600); err != nil {
		panic(err)
	}
	if err := os.Setenv("SSL_CERT_FILE", file); err != nil {
		panic(err)
	}
	code := m.Run()
	_ = os.RemoveAll(dir)
	os.Exit(code)
}

// A post is a strict mail server: every command in its order, lines that end with CR LF, no word too many.
type post struct {
	t        testing.TB
	l        net.Listener
	implicit bool   // TLS from the first byte
	bare     bool   // it offers no STARTTLS
	foreign  bool   // its certificate is nobody's
	plain    bool   // whoever speaks TLS at once is not understood
	refuses  string // the answer to RCPT; empty: it takes
	ends     sync.WaitGroup

	mu  sync.Mutex
	got []string // the bodies
}

const (
	mailUser = "notices"
	mailPass = "four dull green chairs & more"
	mailFrom = "notices@host.example"
	mailTo   = "night@host.example"
)

func newPost(t testing.TB, set func(*post)) *post {
	p := &post{t: t}
	if set != nil {
		set(p)
	}
	var err error
	if p.l, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	p.ends.Go(func() {
		for {
			c, err := p.l.Accept()
			if err != nil {
				return
			}
			p.ends.Go(func() {
				defer c.Close()
				p.talk(c)
			})
		}
	})
	t.Cleanup(func() { _ = p.l.Close(); p.ends.Wait() })
	return p
}

func (p *post) secure(c net.Conn) net.Conn {
	cert := certificate
	if p.foreign {
		key, _ := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		t := &x509.Certificate{SerialNumber: big.NewInt(2), NotAfter: time.Now().Add(time.Hour), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}}
		der, _ := x509.CreateCertificate(rand.Reader, t, t, &key.PublicKey, key)
		cert = tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
	}
	return tls.Server(c, &tls.Config{Certificates: []tls.Certificate{cert}, MinVersion: tls.VersionTLS12})
}

// talk is one conversation.
func (p *post) talk(c net.Conn) {
	_ = c.SetDeadline(time.Now().Add(20 * time.Second))
	private := p.implicit
	if private {
		c = p.secure(c)
	}
	r := bufio.NewReader(c)
	say := func(format string, args ...any) { fmt.Fprintf(c, format+"\r\n", args...) }
	say("220 post ready")
	known, from, to := false, false, false
	for {
		line, err := r.ReadString('\n')
		if err != nil {
			return
		}
		cmd, ok := strings.CutSuffix(line, "\r\n")
		switch {
		case p.plain:
			say("500 what")
		case !ok:
			say("500 lines end with CR LF")
		case cmd == "EHLO host.example":
			say("250-post")
			if !private && !p.bare {
				say("250-STARTTLS")
			}
			if private {
				say("250-AUTH PLAIN")
			}
			say("250 8BITMIME")
		case cmd == "STARTTLS" && !private && !p.bare:
			say("220 go on")
			c, private = p.secure(c), true
			r = bufio.NewReader(c)
		case strings.HasPrefix(cmd, "AUTH PLAIN ") && private:
			if raw, err := base64.StdEncoding.DecodeString(cmd[len("AUTH PLAIN "):]); err != nil || string(raw) != "\x00"+mailUser+"\x00"+mailPass {
				say("535 no")
				continue
			}
			known = true
			say("235 welcome")
		case strings.HasPrefix(cmd, "MAIL FROM:<"+mailFrom+">") && !known && !p.bare:
			say("530 who are you")
		case strings.HasPrefix(cmd, "MAIL FROM:<"+mailFrom+">"):
			from = true
			say("250 yes")
		case cmd == "RCPT TO:<"+mailTo+">" && from:
			if p.refuses != "" {
				say("%s", p.refuses)
				continue
			}
			to = true
			say("250 yes")
		case cmd == "DATA" && to:
			say("354 end with a dot")
			p.letter(r)
			say("250 taken")
			from, to = false, false
		case cmd == "*": // after a refused password
			say("501 as you like")
		case cmd == "QUIT":
			say("221 bye")
			return
		default:
			p.t.Errorf("a strict post refuses %q", cmd)
			say("503 not now")
		}
	}
}

// letter reads one letter and looks at every line of it.
func (p *post) letter(r *bufio.Reader) {
	var text strings.Builder
	for {
		line, err := r.ReadString('\n')
		if err != nil || !strings.HasSuffix(line, "\r\n") {
			p.t.Errorf("a line of a letter ends wrongly: %q, %v", line, err)
			return
		}
		if line == ".\r\n" {
			break
		}
		text.WriteString(line)
	}
	m, err := mail.ReadMessage(strings.NewReader(text.String()))
	if err != nil {
		p.t.Errorf("a letter cannot be read: %v", err)
		return
	}
	for name := range m.Header {
		if !slices.Contains([]string{"From", "To", "Subject", "Date", "Message-Id", "Auto-Submitted", "Mime-Version", "Content-Type", "Importance"}, name) {
			p.t.Errorf("a header %s leaves", name)
		}
	}
	body, _ := io.ReadAll(m.Body)
	said := strings.TrimSuffix(string(body), "\r\n")
	if m.Header.Get("Subject") != title || m.Header.Get("To") != mailTo || !fixed.MatchString(said) {
		p.t.Errorf("a letter tells: %s", text.String())
	}
	if _, err := m.Header.Date(); err != nil {
		p.t.Errorf("a letter has no date: %v", err)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.got = append(p.got, said)
}

func (p *post) hears(want ...string) {
	p.t.Helper()
	p.mu.Lock()
	defer p.mu.Unlock()
	if !slices.Equal(p.got, want) && len(p.got)+len(want) > 0 {
		p.t.Fatalf("the post has %q, want %q", p.got, want)
	}
	p.got = nil
}
