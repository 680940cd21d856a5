package line

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"
)

// MaxPasskeys is how many passkeys a staff member may have.
const MaxPasskeys = 10

// ErrPasskey is returned for an answer of a passkey that does not hold: another key, another host, too late, or used already.
var ErrPasskey = errors.New("this passkey was not taken")

// askFor is how long somebody has to answer with a passkey.
const askFor = 5 * time.Minute

// A Passkey is one of the passkeys of a staff member, as they see it.
type Passkey struct {
	ID    string // base64url
	Name  string // as they named it
	Added time.Time
}

// A Host is the host that passkeys are for: they sign in there and nowhere else.
type Host struct{ auth *webauthn.WebAuthn }

// NewHost makes the host of a desk's address; title is what the browser calls it. nil, with no error, for an address at which
// browsers offer no passkeys: a bare IP address, or http beyond localhost.
func NewHost(address, title string) (*Host, error) {
	u, err := url.Parse(address)
	if err != nil {
		return nil, errors.New("the desk's address cannot be read; write it as https://desk.example.org")
	}
	name := u.Hostname()
	local := name == "localhost" || strings.HasSuffix(name, ".localhost")
	if name == "" || net.ParseIP(name) != nil || u.Scheme != "https" && !local {
		return nil, nil
	}
	auth, err := webauthn.New(&webauthn.Config{
		RPID: name, RPDisplayName: title, RPOrigins: []string{u.Scheme + "://" + u.Host},
		AttestationPreference: protocol.PreferNoAttestation,
		AuthenticatorSelection: protocol.AuthenticatorSelection{
			ResidentKey: protocol.ResidentKeyRequirementRequired, UserVerification: protocol.VerificationRequired,
		},
	})
	if err != nil {
		return nil, fmt.Errorf("passkeys for %s: %w", name, err)
	}
	return &Host{auth}, nil
}

// holder is a staff member as the library wants to see one.
type holder struct{ r *staffRecord }

func (h holder) WebAuthnID() []byte          { return []byte(h.r.ID) }
func (h holder) WebAuthnName() string        { return h.r.Name }
func (h holder) WebAuthnDisplayName() string { return h.r.Name }
func (h holder) WebAuthnCredentials() []webauthn.Credential {
	var out []webauthn.Credential
	for _, p := range h.r.Passkeys {
		out = append(out, webauthn.Credential{ID: p.ID, PublicKey: p.Key,
			Flags:         webauthn.CredentialFlags{UserPresent: true, UserVerified: true, BackupEligible: p.Synced},
			Authenticator: webauthn.Authenticator{SignCount: p.Count}})
	}
	return out
}

// Passkeys returns the passkeys of a staff member, oldest first.
func (l *Line) Passkeys(id string) []Passkey {
	l.mu.RLock()
	defer l.mu.RUnlock()
	s, ok := l.staff[id]
	if !ok {
		return nil
	}
	var out []Passkey
	for _, p := range s.Passkeys {
		out = append(out, Passkey{base64.RawURLEncoding.EncodeToString(p.ID), p.Name, p.Added})
	}
	return out
}

// challenge makes what a passkey signs: when it was asked, random bytes, and a MAC that ties both to what for. So no process
// has to remember it.
func (l *Line) challenge(what string) ([]byte, error) {
	b, err := l.random(16)
	if err != nil {
		return nil, err
	}
	c := append(binary.BigEndian.AppendUint64(nil, uint64(l.now().UnixMicro())), b...)
	return append(c, l.challengeMAC(what, c)...), nil
}

func (l *Line) challengeMAC(what string, c []byte) []byte {
	m := hmac.New(sha256.New, l.secret[:])
	m.Write([]byte("passkey\x00" + what + "\x00"))
	m.Write(c)
	return m.Sum(nil)
}

// asked returns when a challenge of ours was made; ErrPasskey when it is not ours, or its time is over.
func (l *Line) asked(what, challenge string) (int64, error) {
	c, err := base64.RawURLEncoding.DecodeString(challenge)
	if err != nil || len(c) != 24+sha256.Size || !hmac.Equal(c[24:], l.challengeMAC(what, c[:24])) {
		return 0, ErrPasskey
	}
	at := int64(binary.BigEndian.Uint64(c))
	if age := l.now().Sub(time.UnixMicro(at)); age < 0 || age > askFor {
		return 0, ErrPasskey
	}
	return at, nil
}

// AskPasskey returns what the browser needs to ask for any passkey of this host, as JSON.
func (l *Line) AskPasskey(h *Host) ([]byte, error) {
	c, err := l.challenge("in")
	if err != nil {
		return nil, err
	}
	ask, _, err := h.auth.BeginDiscoverableLogin(webauthn.WithChallenge(c))
	if err != nil {
		return nil, fmt.Errorf("asking for a passkey: %w", err)
	}
	return json.Marshal(ask.Response)
}

// SignInPasskey opens a session by the browser's answer to AskPasskey. Each answer works once. ErrPasskey, or the store's errors.
func (l *Line) SignInPasskey(ctx context.Context, h *Host, answer string) (SessionToken, Staff, error) {
	got, err := protocol.ParseCredentialRequestResponseBytes([]byte(answer))
	if err != nil {
		return "", Staff{}, ErrPasskey // the library's words may quote the answer
	}
	challenge := got.Response.CollectedClientData.Challenge
	at, err := l.asked("in", challenge)
	if err != nil {
		return "", Staff{}, err
	}
	found, ok := l.StaffByID(string(got.Response.UserHandle))
	if !ok {
		return "", Staff{}, ErrPasskey
	}
	var who staffRecord
	err = change(ctx, l, l.staffName(found.Name), func(old *staffRecord) (*staffRecord, error) {
		if old == nil || old.ID != found.ID || !old.Enrolled || !old.Disabled.IsZero() || at <= old.Asked {
			return nil, ErrPasskey
		}
		find := func([]byte, []byte) (webauthn.User, error) { return holder{old}, nil }
		key, err := h.auth.ValidateDiscoverableLogin(find, webauthn.SessionData{
			Challenge: challenge, RelyingPartyID: h.auth.Config.RPID, UserVerification: protocol.VerificationRequired,
		}, got)
		if err != nil || key.Authenticator.CloneWarning {
			return nil, ErrPasskey
		}
		old.Passkeys = slices.Clone(old.Passkeys)
		for i, p := range old.Passkeys {
			if bytes.Equal(p.ID, key.ID) {
				old.Passkeys[i].Count = key.Authenticator.SignCount
			}
		}
		old.Asked, old.Wrong, old.WaitEnds = at, 0, time.Time{}
		who = *old
		return old, nil
	})
	if err != nil {
		return "", Staff{}, err
	}
	return l.signedIn(ctx, &who, NotePasskey)
}

// AskNewPasskey returns what the browser needs to make a passkey for whoever is signed in, as JSON.
func (l *Line) AskNewPasskey(h *Host, t SessionToken) ([]byte, error) {
	who, err := l.recordOf(t)
	if err != nil {
		return nil, err
	}
	c, err := l.challenge("new\x00" + string(t))
	if err != nil {
		return nil, err
	}
	have := webauthn.Credentials(holder{who}.WebAuthnCredentials()).CredentialDescriptors()
	ask, _, err := h.auth.BeginRegistration(holder{who}, webauthn.WithExclusions(have),
		func(o *protocol.PublicKeyCredentialCreationOptions) error { o.Challenge = c; return nil })
	if err != nil {
		return nil, fmt.Errorf("asking for a new passkey: %w", err)
	}
	return json.Marshal(ask.Response)
}

// AddPasskey keeps the passkey that the browser made, for whoever is signed in and shows a code of their authenticator: who
// finds an open desk cannot let themselves in for good. ErrPasskey, ErrSignIn for a wrong code, [Wait] while a next try must wait.
func (l *Line) AddPasskey(ctx context.Context, h *Host, t SessionToken, name, code, answer string) error {
	who, err := l.recordOf(t)
	if err != nil {
		return fmt.Errorf("adding a passkey: %w", err)
	}
	if err := checkName(name); err != nil {
		return err
	}
	got, err := protocol.ParseCredentialCreationResponseBytes([]byte(answer))
	if err != nil {
		return ErrPasskey // the library's words may quote the answer
	}
	challenge := got.Response.CollectedClientData.Challenge
	at, err := l.asked("new\x00"+string(t), challenge)
	if err != nil {
		return err
	}
	key, err := h.auth.CreateCredential(holder{who}, webauthn.SessionData{
		Challenge: challenge, RelyingPartyID: h.auth.Config.RPID, UserID: []byte(who.ID),
		UserVerification: protocol.VerificationRequired, CredParams: webauthn.CredentialParametersDefault(),
	}, got)
	if err != nil || len(key.ID) > 1023 || len(key.PublicKey) > 2000 {
		return ErrPasskey
	}
	err = l.withCode(ctx, who.Name, code, func(old *staffRecord, _ time.Time) error {
		if !old.Enrolled || old.Epoch != who.Epoch || at <= old.Asked || len(old.Passkeys) >= MaxPasskeys ||
			slices.ContainsFunc(old.Passkeys, func(p passkeyRecord) bool { return bytes.Equal(p.ID, key.ID) }) {
			return ErrPasskey
		}
		return nil
	}, func(old *staffRecord) {
		old.Asked = at
		old.Passkeys = append(slices.Clone(old.Passkeys), passkeyRecord{ID: key.ID, Key: key.PublicKey,
			Count: key.Authenticator.SignCount, Synced: key.Flags.BackupEligible, Name: name, Added: l.now().UTC().Truncate(time.Second)})
	})
	if err != nil {
		return fmt.Errorf("adding a passkey: %w", err)
	}
	return l.Audit(ctx, Entry{Actor: who.ID, Act: ActEnrol, Note: NotePasskey})
}

// RemovePasskey takes away a passkey of whoever is signed in; password and authenticator stay. One that is gone is no error.
func (l *Line) RemovePasskey(ctx context.Context, t SessionToken, id string) error {
	who, err := l.recordOf(t)
	if err != nil {
		return fmt.Errorf("removing a passkey: %w", err)
	}
	gone := false
	err = change(ctx, l, l.staffName(who.Name), func(old *staffRecord) (*staffRecord, error) {
		if old == nil || old.ID != who.ID {
			return nil, ErrUnknown
		}
		left := slices.DeleteFunc(slices.Clone(old.Passkeys), func(p passkeyRecord) bool {
			return base64.RawURLEncoding.EncodeToString(p.ID) == id
		})
		if gone = len(left) < len(old.Passkeys); !gone {
			return nil, errKeep
		}
		old.Passkeys = left
		return old, nil
	})
	if err != nil || !gone {
		return err
	}
	return l.Audit(ctx, Entry{Actor: who.ID, Act: ActRemove, Note: NotePasskey})
}

// recordOf is the record of whoever is signed in.
func (l *Line) recordOf(t SessionToken) (*staffRecord, error) {
	who, ok := l.Session(t)
	if !ok {
		return nil, ErrNoSession
	}
	l.mu.RLock()
	defer l.mu.RUnlock()
	r, ok := l.staff[who.ID]
	if !ok {
		return nil, ErrNoSession
	}
	return r, nil
}
