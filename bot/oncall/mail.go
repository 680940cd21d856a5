package oncall

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"mime"
	"net"
	"net/mail"
	"net/smtp"
	"net/textproto"
	"strings"
	"time"
)

// The ways in which a mail server is spoken to.
const (
	STARTTLS = "starttls" // TLS begun in the plain conversation; refused if the server does not offer it
	TLS      = "tls"      // TLS from the first byte
	NoTLS    = "none"     // for a server on this very machine
)

// A MailServer takes e-mail from an account.
type MailServer struct {
	Address  string // host:port
	Security string // STARTTLS, TLS or NoTLS
	User     string // optional
	Password string // with User
	From     string // the sender, one plain address
	Now      func() time.Time
	Rand     io.Reader
}

// Mail is a way by e-mail to one address. What it says is in the subject's place neutral, and in the body the fixed words.
func Mail(s MailServer, to string) (Way, error) {
	host, _, err := net.SplitHostPort(s.Address)
	if err != nil || host == "" {
		return nil, fmt.Errorf("a mail server is host:port, as mail.example:587")
	}
	for _, a := range []string{s.From, to} {
		if p, err := mail.ParseAddress(a); err != nil || p.Address != a || strings.ContainsAny(a, "\r\n<> ") {
			return nil, fmt.Errorf("an e-mail address is written plainly, as name@host.example")
		}
	}
	switch s.Security {
	case STARTTLS, TLS, NoTLS:
	default:
		return nil, fmt.Errorf("a mail server's security is starttls, tls or none")
	}
	return func(ctx context.Context, m Message) error {
		text, err := s.letter(to, m)
		if err != nil {
			return &Failure{"random bytes"}
		}
		return s.deliver(ctx, host, to, text)
	}, nil
}

// letter is the message as it goes over the wire.
func (s *MailServer) letter(to string, m Message) ([]byte, error) {
	id := make([]byte, 16)
	if _, err := io.ReadFull(s.Rand, id); err != nil {
		return nil, err
	}
	var b bytes.Buffer
	for _, h := range [][2]string{
		{"From", s.From}, {"To", to}, {"Subject", mime.BEncoding.Encode("utf-8", m.Title)},
		{"Date", s.Now().UTC().Format(time.RFC1123Z)}, {"Message-ID", "<" + hex.EncodeToString(id) + "@" + domain(s.From) + ">"},
		{"Auto-Submitted", "auto-generated"}, {"MIME-Version", "1.0"}, {"Content-Type", "text/plain; charset=utf-8"},
	} {
		fmt.Fprintf(&b, "%s: %s\r\n", h[0], h[1])
	}
	if m.Urgent {
		b.WriteString("Importance: high\r\n")
	}
	fmt.Fprintf(&b, "\r\n%s\r\n", m.Text)
	return b.Bytes(), nil
}

// domain is what an address has behind its at sign.
func domain(address string) string { return address[strings.LastIndex(address, "@")+1:] }

// deliver hands a letter to the server. It is taken when the server has said so after its end.
func (s *MailServer) deliver(ctx context.Context, host, to string, letter []byte) error {
	conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", s.Address)
	if err != nil {
		return &Failure{"no answer"}
	}
	defer conn.Close()
	stop := context.AfterFunc(ctx, func() { _ = conn.Close() }) // net/smtp knows no context
	defer stop()
	if s.Security == TLS {
		secure := tls.Client(conn, &tls.Config{ServerName: host, MinVersion: tls.VersionTLS12})
		if err := secure.HandshakeContext(ctx); err != nil {
			return &Failure{"certificate"}
		}
		conn = secure
	}
	c, err := smtp.NewClient(conn, host)
	if err != nil {
		return said(err)
	}
	defer c.Close()
	if err := c.Hello(domain(s.From)); err != nil {
		return said(err)
	}
	if s.Security == STARTTLS {
		if ok, _ := c.Extension("STARTTLS"); !ok {
			return &Failure{"no TLS offered"}
		}
		if err := c.StartTLS(&tls.Config{ServerName: host, MinVersion: tls.VersionTLS12}); err != nil {
			return &Failure{"certificate"}
		}
	}
	if s.User != "" {
		if err := c.Auth(smtp.PlainAuth("", s.User, s.Password, host)); err != nil {
			if said(err).Class == "no answer" {
				return said(err)
			}
			return &Failure{"credentials"}
		}
	}
	if err := c.Mail(s.From); err != nil {
		return said(err)
	}
	if err := c.Rcpt(to); err != nil {
		return said(err)
	}
	w, err := c.Data()
	if err != nil {
		return said(err)
	}
	if _, err := w.Write(letter); err != nil {
		return said(err)
	}
	if err := w.Close(); err != nil {
		return said(err)
	}
	_ = c.Quit() // it has the letter
	return nil
}

// said is what a server's refusal means, without its words.
func said(err error) *Failure {
	var e *textproto.Error
	switch {
	case !errors.As(err, &e):
		return &Failure{"no answer"}
	case e.Code == 530 || e.Code == 535:
		return &Failure{"credentials"}
	case e.Code >= 500:
		return &Failure{"refused"}
	}
	return &Failure{"server"}
}
