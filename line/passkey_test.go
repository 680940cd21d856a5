package line

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"testing"
	"time"

	"github.com/fxamacker/cbor/v2"
)

// A fob is a passkey that lives on several devices: it counts nothing, so that its count tells no copy.
type fob struct {
	t      testing.TB
	key    *ecdsa.PrivateKey
	origin string
	user   []byte
}

func b64(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

func (f *fob) client(kind string, ask []byte) []byte {
	var o struct {
		Challenge string
		User      struct{ ID string }
	}
	if err := json.Unmarshal(ask, &o); err != nil {
		f.t.Fatal(err)
	}
	if o.User.ID != "" {
		f.user, _ = base64.RawURLEncoding.DecodeString(o.User.ID)
	}
	b, err := json.Marshal(map[string]any{"type": kind, "challenge": o.Challenge, "origin": f.origin, "crossOrigin": false})
	if err != nil {
		f.t.Fatal(err)
	}
	return b
}

// data is what an authenticator signs: the host, that somebody was there and unlocked it, and a count of nothing.
func (f *fob) data(flags byte) []byte {
	host := sha256.Sum256([]byte("desk.example.org"))
	return append(host[:], flags, 0, 0, 0, 0)
}

func (f *fob) makes(ask []byte) string {
	raw, err := f.key.PublicKey.Bytes() // 4, x, y
	if err != nil {
		f.t.Fatal(err)
	}
	cose, err := cbor.Marshal(map[int]any{1: 2, 3: -7, -1: 1, -2: raw[1:33], -3: raw[33:]})
	if err != nil {
		f.t.Fatal(err)
	}
	data := append(f.data(0x4d), make([]byte, 16)...) // present, unlocked, may be on several devices, with a key
	data = append(binary.BigEndian.AppendUint16(data, 4), "fob1"...)
	object, err := cbor.Marshal(map[string]any{"fmt": "none", "attStmt": map[string]any{}, "authData": append(data, cose...)})
	if err != nil {
		f.t.Fatal(err)
	}
	return f.sends(map[string]string{"clientDataJSON": b64(f.client("webauthn.create", ask)), "attestationObject": b64(object)})
}

func (f *fob) signs(ask []byte) string {
	client, data := f.client("webauthn.get", ask), f.data(0x0d)
	hash := sha256.Sum256(client)
	sum := sha256.Sum256(append(data, hash[:]...))
	sig, err := ecdsa.SignASN1(rand.Reader, f.key, sum[:])
	if err != nil {
		f.t.Fatal(err)
	}
	return f.sends(map[string]string{"clientDataJSON": b64(client), "authenticatorData": b64(data), "signature": b64(sig), "userHandle": b64(f.user)})
}

func (f *fob) sends(response map[string]string) string {
	b, err := json.Marshal(map[string]any{"id": b64([]byte("fob1")), "rawId": b64([]byte("fob1")), "type": "public-key", "response": response, "clientExtensionResults": map[string]any{}})
	if err != nil {
		f.t.Fatal(err)
	}
	return string(b)
}

// An answer works once, in every process, also from a passkey that counts nothing, and from the line's own host only.
func TestAPasskeysAnswerWorksOnceAcrossProcesses(t *testing.T) {
	ctx, clock := t.Context(), monday()
	st := openStore(t, t.TempDir())
	one, two := openLine(t, st, Options{Now: clock.Now}), openLine(t, st, Options{Now: clock.Now})
	host, err := NewHost("https://desk.example.org", "Garden Office")
	if err != nil {
		t.Fatal(err)
	}
	id, secret, session := enrolled(t, one, "adviser-1", Adviser)
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	f := &fob{t: t, key: key, origin: "https://desk.example.org"}
	asking := func(l *Line) []byte {
		t.Helper()
		ask, err := l.AskPasskey(host)
		if err != nil {
			t.Fatal(err)
		}
		return ask
	}
	clock.Move(time.Minute)
	ask, err := one.AskNewPasskey(host, session)
	if err != nil {
		t.Fatal(err)
	}
	made := f.makes(ask)
	// Not without the app, and not with another session's question.
	if err := one.AddPasskey(ctx, host, session, "fob", "000000", made); !errors.Is(err, ErrSignIn) {
		t.Fatalf("with a wrong code: %v", err)
	}
	clock.Move(time.Minute)
	other := again(t, one, id)
	if err := one.AddPasskey(ctx, host, other, "fob", code(t, secret, clock.Now()), made); !errors.Is(err, ErrPasskey) {
		t.Fatalf("in another session: %v", err)
	}
	if err := one.AddPasskey(ctx, host, session, "fob", code(t, secret, clock.Now()), made); err != nil {
		t.Fatal(err)
	}
	soon(t, "the other process knows the passkey", func() bool { return len(two.Passkeys(id)) == 1 })

	first, second := asking(one), []byte(nil)
	clock.Move(time.Second)
	second = asking(two)
	answer, later := f.signs(first), f.signs(second)
	if _, who, err := two.SignInPasskey(ctx, host, answer); err != nil || who.ID != id {
		t.Fatalf("asked by one process, answered to the other: %v", err)
	}
	for _, l := range []*Line{one, two} {
		if _, _, err := l.SignInPasskey(ctx, host, answer); !errors.Is(err, ErrPasskey) {
			t.Errorf("the same answer again: %v", err)
		}
	}
	if _, _, err := one.SignInPasskey(ctx, host, later); err != nil {
		t.Errorf("the next answer: %v", err)
	}
	f.origin = "https://desk.example.net"
	clock.Move(time.Second)
	if _, _, err := one.SignInPasskey(ctx, host, f.signs(asking(one))); !errors.Is(err, ErrPasskey) {
		t.Errorf("signed for another host: %v", err)
	}
	f.origin = "https://desk.example.org"
	clock.Move(time.Second)
	f.key, _ = ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if _, _, err := one.SignInPasskey(ctx, host, f.signs(asking(one))); !errors.Is(err, ErrPasskey) {
		t.Errorf("another key: %v", err)
	}
	f.key = key
	// A new invitation after disabling has nothing of before.
	if err := one.ChangeStaff(ctx, "", id, func(s *Staff) { s.Disabled = true }); err != nil {
		t.Fatal(err)
	}
	if _, _, err := one.SignInPasskey(ctx, host, f.signs(asking(one))); !errors.Is(err, ErrPasskey) {
		t.Errorf("disabled: %v", err)
	}
	if _, _, err := one.Invite(ctx, "", "adviser-1", Adviser, nil); err != nil {
		t.Fatal(err)
	}
	if n := len(one.Passkeys(id)); n != 0 {
		t.Errorf("%d passkeys after a new invitation", n)
	}
}
